@description('Region of the service.')
param location string

@description('Name of the service.')
param name string

@description('Tier. Free_F1 holds 20 connections and is for trying out only.')
@allowed([
  'Free_F1'
  'Standard_S1'
  'Premium_P1'
])
param skuName string

@description('Units; each holds 1000 connections.')
@minValue(1)
@maxValue(100)
param units int

@description('Workspace for diagnostic logs.')
param workspaceId string

param tags object

// Its identity proves its requests to the app. Browsers connect to it, so it stays public.
resource service 'Microsoft.SignalRService/webPubSub@2024-03-01' = {
  name: name
  location: location
  kind: 'WebPubSub'
  tags: tags
  sku: {
    name: skuName
    capacity: units
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    disableAadAuth: false
    disableLocalAuth: true
    publicNetworkAccess: 'Enabled'
    tls: {
      clientCertEnabled: false
    }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: service
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'ConnectivityLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

output id string = service.id
output name string = service.name
output endpoint string = 'https://${service.properties.hostName}'
output hostName string = service.properties.hostName
output principalId string = service.identity.principalId
