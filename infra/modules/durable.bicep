@description('Region of the scheduler.')
param location string

@description('Name of the scheduler.')
param name string

@description('Name of the task hub; also TASK_HUB of the app.')
param taskHubName string

@description('Consumption: up to 500 actions a second. Dedicated: 2000 for each capacity unit.')
@allowed([
  'Consumption'
  'Dedicated'
])
param skuName string

@description('Capacity units of the Dedicated tier.')
@minValue(1)
@maxValue(3)
param capacity int

@description('Addresses that may connect; an empty list lets nobody in.')
@minLength(1)
param ipAllowlist array

@description('Days after which the record of a finished turn is purged.')
@minValue(1)
@maxValue(30)
param retentionDays int

param tags object

resource scheduler 'Microsoft.DurableTask/schedulers@2025-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    ipAllowlist: ipAllowlist
    sku: skuName == 'Dedicated' ? {
      name: skuName
      capacity: capacity
    } : {
      name: skuName
    }
  }
}

resource taskHub 'Microsoft.DurableTask/schedulers/taskHubs@2025-11-01' = {
  parent: scheduler
  name: taskHubName
}

resource retention 'Microsoft.DurableTask/schedulers/retentionPolicies@2025-11-01' = {
  parent: scheduler
  name: 'default'
  properties: {
    retentionPolicies: [
      {
        retentionPeriodInDays: retentionDays
      }
    ]
  }
}

output id string = scheduler.id
output name string = scheduler.name
output endpoint string = scheduler.properties.endpoint
output taskHubName string = taskHub.name
