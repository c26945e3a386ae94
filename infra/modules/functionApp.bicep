@description('Region of the app.')
param location string

@description('Name of the app, also its host name.')
param name string

@description('Resource id of the identity the app runs as.')
param identityId string

@description('Where deployment packages lie.')
param deploymentContainerUrl string

@description('Memory of an instance, in megabytes.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int

@description('Instances at most.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('Requests an instance serves side by side. The platform\'s default for Python is 1.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int

@description('Instances of the group `http` (front door, API) that are always there.')
@minValue(0)
param alwaysReadyHttp int

@description('Instances of the group `durable` (turns, model and tool calls) that are always there.')
@minValue(0)
param alwaysReadyDurable int

@description('Subnet for outbound traffic; empty: none.')
param subnetId string

@description('Front Door profile whose requests are let in; empty: requests from anywhere.')
param onlyFrontDoorId string

@description('Workspace for diagnostic logs.')
param workspaceId string

@description('Everything the app is told: names and values of its settings.')
param settings object

param tags object

var openDoor = [
  {
    name: 'anywhere'
    action: 'Allow'
    ipAddress: 'Any'
    priority: 100
  }
]
var guardedDoor = [
  {
    name: 'front-door'
    action: 'Allow'
    tag: 'ServiceTag'
    ipAddress: 'AzureFrontDoor.Backend'
    priority: 100
    headers: {
      'x-azure-fdid': [
        onlyFrontDoorId
      ]
    }
  }
  {
    name: 'web-pubsub'
    action: 'Allow'
    tag: 'ServiceTag'
    ipAddress: 'AzureWebPubSub'
    priority: 110
  }
]

// HTTP functions scale as one group, all durable ones as another; both are on the way of a message.
var alwaysReady = [
  {
    name: 'http'
    instanceCount: alwaysReadyHttp
  }
  {
    name: 'durable'
    instanceCount: alwaysReadyDurable
  }
]

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${name}'
  location: location
  kind: 'functionapp'
  tags: tags
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  kind: 'functionapp,linux'
  tags: union(tags, { 'azd-service-name': 'app' })
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'python'
        version: '3.13'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: filter(alwaysReady, group => group.instanceCount > 0)
        triggers: {
          http: {
            perInstanceConcurrency: httpConcurrency
          }
        }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      remoteDebuggingEnabled: false
      ipSecurityRestrictions: empty(onlyFrontDoorId) ? openDoor : guardedDoor
      ipSecurityRestrictionsDefaultAction: empty(onlyFrontDoorId) ? 'Allow' : 'Deny'
      scmIpSecurityRestrictionsUseMain: false
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: settings
}

// Deployments sign in with Entra; user names and passwords for them are off.
resource noFtpPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource noScmPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
output url string = 'https://${app.properties.defaultHostName}'
