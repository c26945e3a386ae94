// The services the app uses, who may use them, and what the app is told of them.

@description('Region of everything but, if told, the models.')
param location string

@description('Makes names unique: lower-case letters and digits.')
param token string

param tags object

@description('Workspace for diagnostic logs.')
param workspaceId string

@description('Application Insights, which the app writes to.')
param insightsName string

@description('The identity the app runs as.')
param appPrincipalId string
param appClientId string

param deployerPrincipalId string
param deployerPrincipalType string

@description('Region of the models; empty: `location`.')
param openAiLocation string
param chatModel object
param utilityModel object
param embeddingModel object

param schedulerSku string
param schedulerCapacity int
param schedulerIpAllowlist array
param historyRetentionDays int

param cosmosAutoscaleMaxThroughput int
param cosmosZoneRedundant bool
param cosmosBackupTier string

param storageSku string

param webPubSubSku string
param webPubSubUnits int

@description('Stores and models are reachable through private endpoints only.')
param privateNetworking bool

@description('Subnet of the private endpoints; empty without private networking.')
param endpointsSubnetId string

var databaseName = 'salescoach'
var taskHubName = 'salescoach'

module storage 'storage.bicep' = {
  name: 'storage'
  params: {
    location: location
    name: 'st${token}'
    skuName: storageSku
    privateNetworking: privateNetworking
    workspaceId: workspaceId
    tags: tags
  }
}

module cosmos 'cosmos.bicep' = {
  name: 'cosmos'
  params: {
    location: location
    name: 'cosmos-${token}'
    databaseName: databaseName
    autoscaleMaxThroughput: cosmosAutoscaleMaxThroughput
    zoneRedundant: cosmosZoneRedundant
    backupTier: cosmosBackupTier
    privateNetworking: privateNetworking
    workspaceId: workspaceId
    tags: tags
  }
}

module openAi 'openAi.bicep' = {
  name: 'open-ai'
  params: {
    location: empty(openAiLocation) ? location : openAiLocation
    name: 'oai-${token}'
    deployments: [
      chatModel
      utilityModel
      embeddingModel
    ]
    privateNetworking: privateNetworking
    workspaceId: workspaceId
    tags: tags
  }
}

module durable 'durable.bicep' = {
  name: 'durable'
  params: {
    location: location
    name: 'dts-${token}'
    taskHubName: taskHubName
    skuName: schedulerSku
    capacity: schedulerCapacity
    ipAllowlist: schedulerIpAllowlist
    retentionDays: historyRetentionDays
    tags: tags
  }
}

module webPubSub 'webPubSub.bicep' = {
  name: 'web-pubsub'
  params: {
    location: location
    name: 'wps-${token}'
    skuName: webPubSubSku
    units: webPubSubUnits
    workspaceId: workspaceId
    tags: tags
  }
}

module keyVault 'keyVault.bicep' = {
  name: 'key-vault'
  params: {
    location: location
    name: 'kv-${token}'
    privateNetworking: privateNetworking
    workspaceId: workspaceId
    tags: tags
  }
}

module roles 'roles.bicep' = {
  name: 'roles'
  params: {
    appPrincipalId: appPrincipalId
    deployerPrincipalId: deployerPrincipalId
    deployerPrincipalType: deployerPrincipalType
    storageName: storage.outputs.name
    cosmosName: cosmos.outputs.name
    webPubSubName: webPubSub.outputs.name
    openAiName: openAi.outputs.name
    schedulerName: durable.outputs.name
    keyVaultName: keyVault.outputs.name
    insightsName: insightsName
  }
}

module privateEndpoints 'privateEndpoints.bicep' = if (privateNetworking) {
  name: 'private-endpoints'
  params: {
    location: location
    subnetId: endpointsSubnetId
    suffix: token
    storageId: storage.outputs.id
    cosmosId: cosmos.outputs.id
    openAiId: openAi.outputs.id
    keyVaultId: keyVault.outputs.id
    tags: tags
  }
}

// The app's part of the settings that names these services; system.bicep has the rest.
var serviceSettings = {
  AzureWebJobsStorage__accountName: storage.outputs.name
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: appClientId
  DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${durable.outputs.endpoint};Authentication=ManagedIdentity;ClientID=${appClientId}'
  TASK_HUB: durable.outputs.taskHubName
  AZURE_OPENAI_ENDPOINT: openAi.outputs.endpoint
  AZURE_OPENAI_CHAT_MODEL: chatModel.name
  AZURE_OPENAI_UTILITY_MODEL: utilityModel.name
  AZURE_OPENAI_EMBEDDING_MODEL: embeddingModel.name
  AZURE_OPENAI_SCOPE: 'https://ai.azure.com/.default'
  COSMOS__serviceUri: cosmos.outputs.endpoint
  COSMOS_DATABASE: databaseName
  BLOB__serviceUri: storage.outputs.blobEndpoint
  WEB_PUBSUB__serviceUri: webPubSub.outputs.endpoint
  UPSTREAM_CALLER: webPubSub.outputs.principalId
}

output settings object = serviceSettings
output storageDeploymentUrl string = storage.outputs.deploymentContainerUrl
output blobEndpoint string = storage.outputs.blobEndpoint
output cosmosId string = cosmos.outputs.id
output cosmosEndpoint string = cosmos.outputs.endpoint
output openAiId string = openAi.outputs.id
output webPubSubId string = webPubSub.outputs.id
output webPubSubName string = webPubSub.outputs.name
output webPubSubHost string = webPubSub.outputs.hostName
output webPubSubEndpoint string = webPubSub.outputs.endpoint
output keyVaultUri string = keyVault.outputs.uri
