targetScope = 'subscription'

@description('Name of the azd environment; part of every name.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('Region of everything but the static web app and, if told, the models.')
param location string

@description('Region of the static web app, which exists in few.')
@allowed(['centralus', 'eastasia', 'eastus2', 'westeurope', 'westus2'])
param staticWebAppLocation string = 'westeurope'

@description('Region of the models; empty: `location`.')
param openAiLocation string = ''

@description('Object id of who deploys (azd sets it); gets the roles the hooks need.')
param principalId string = ''

@description('Kind of who deploys.')
@allowed(['User', 'ServicePrincipal'])
param principalType string = 'User'

@description('For whom the coach works.')
param companyName string = 'your company'

@description('The deployment that answers: `name`, `model`, `version`, `sku`, `capacity` in thousands of tokens a minute.')
param chatModel object = {
  name: 'chat'
  model: 'gpt-4.1'
  version: '2025-04-14'
  sku: 'GlobalStandard'
  capacity: 100
}

@description('The deployment for titles and summaries, with the same properties.')
param utilityModel object

@description('The deployment that makes vectors of questions, with the same properties.')
param embeddingModel object

@description('What a million tokens of each deployment cost (MODEL_PRICES).')
param modelPrices object = {}

@description('What people and teams may use (BUDGETS).')
param budgets object = {}

@description('Which Entra groups make which team (TEAM_GROUPS).')
param teamGroups object = {}

@description('How fast one person may go (RATE_LIMITS).')
param rateLimits object = {}

@description('Days after which a conversation nobody uses is erased; 0: when its owner deletes it.')
@minValue(0)
@maxValue(36500)
param retentionDays int = 0

@description('Address of the tool servers in mcpservers.json; empty: no tools until a catalog is uploaded.')
param mcpBaseUrl string = ''

@description('Ranges in which tool servers may have private addresses, separated by commas.')
param mcpPrivateNetworks string = ''

@description('Settings MCP_SECRET_* that the catalog refers to.')
param mcpSecretNames array = []

@description('Memory of an instance, in megabytes.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Instances at most.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 100

@description('Requests an instance serves side by side.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 64

@description('Instances of the group `http` that are always there; 0: the first message after a pause waits for a cold start.')
@minValue(0)
param alwaysReadyHttp int = 1

@description('Instances of the group `durable` that are always there.')
@minValue(0)
param alwaysReadyDurable int = 1

@description('Tier of the Durable Task Scheduler.')
@allowed(['Consumption', 'Dedicated'])
param schedulerSku string = 'Consumption'

@description('Capacity units of the Dedicated tier.')
@minValue(1)
@maxValue(3)
param schedulerCapacity int = 1

@description('Addresses that may connect to the scheduler; every connection also needs a role.')
@minLength(1)
param schedulerIpAllowlist array = ['0.0.0.0/0']

@description('Days that the records of finished turns are kept.')
@minValue(1)
@maxValue(30)
param historyRetentionDays int = 7

@description('0: serverless Cosmos DB. Otherwise the highest throughput, a multiple of 1000 request units a second.')
@minValue(0)
param cosmosAutoscaleMaxThroughput int = 0

@description('Cosmos DB in three availability zones.')
param cosmosZoneRedundant bool = false

@description('How far back Cosmos DB can be restored; what people erase stays in the backup that long.')
@allowed(['Continuous7Days', 'Continuous30Days'])
param cosmosBackupTier string = 'Continuous7Days'

@description('How the storage account is replicated.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS'])
param storageSku string = 'Standard_ZRS'

@description('Tier of Web PubSub.')
@allowed(['Free_F1', 'Standard_S1', 'Premium_P1'])
param webPubSubSku string = 'Standard_S1'

@description('Units of Web PubSub, 1000 connections each.')
@minValue(1)
@maxValue(100)
param webPubSubUnits int = 1

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Gigabytes of logs a day, -1: no limit; which part of the traces is kept, 0 to 1 (metrics count everything).')
param logDailyQuotaGb int = 5
param traceSampleRatio string = '1'

@description('Who is told of alerts and of the budget.')
param contactEmails array = []

@description('Money a month in the billing currency; 0: no budget.')
@minValue(0)
param monthlyBudget int = 0

@description('First day of the month the budget starts in; an existing budget keeps its own.')
param budgetStartDate string = '${utcNow('yyyy-MM')}-01'

@description('Storage, Cosmos DB, models and Key Vault behind private endpoints; deploy from inside the network then.')
param privateNetworking bool = false

@description('Address range of that network, a /24 or larger.')
param addressPrefix string = '10.40.0.0/24'

@description('Only requests through Front Door and from Web PubSub reach the app.')
param onlyThroughFrontDoor bool = true

@description('Make the Entra app registrations; needs Application.ReadWrite.All.')
param registerApps bool = true

@description('With registerApps false: client ids of the API\'s and the web client\'s registrations, and the scope the client asks for.')
param existingApiClientId string = ''
param existingWebClientId string = ''
param existingScope string = ''

@description('Further pages the web client may return to after sign-in.')
param extraRedirectUris array = []

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module system 'system.bicep' = {
  name: 'system'
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    companyName: companyName
    mcpBaseUrl: mcpBaseUrl
    mcpPrivateNetworks: mcpPrivateNetworks
    mcpSecretNames: mcpSecretNames
    openAiLocation: openAiLocation
    chatModel: chatModel
    utilityModel: utilityModel
    embeddingModel: embeddingModel
    modelPrices: modelPrices
    budgets: budgets
    teamGroups: teamGroups
    rateLimits: rateLimits
    retentionDays: retentionDays
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpConcurrency: httpConcurrency
    alwaysReadyHttp: alwaysReadyHttp
    alwaysReadyDurable: alwaysReadyDurable
    schedulerSku: schedulerSku
    schedulerCapacity: schedulerCapacity
    schedulerIpAllowlist: schedulerIpAllowlist
    historyRetentionDays: historyRetentionDays
    cosmosAutoscaleMaxThroughput: cosmosAutoscaleMaxThroughput
    cosmosZoneRedundant: cosmosZoneRedundant
    cosmosBackupTier: cosmosBackupTier
    storageSku: storageSku
    webPubSubSku: webPubSubSku
    webPubSubUnits: webPubSubUnits
    staticWebAppLocation: staticWebAppLocation
    logRetentionDays: logRetentionDays
    logDailyQuotaGb: logDailyQuotaGb
    traceSampleRatio: traceSampleRatio
    contactEmails: contactEmails
    monthlyBudget: monthlyBudget
    budgetStartDate: budgetStartDate
    privateNetworking: privateNetworking
    addressPrefix: addressPrefix
    onlyThroughFrontDoor: onlyThroughFrontDoor
    registerApps: registerApps
    existingApiClientId: existingApiClientId
    existingWebClientId: existingWebClientId
    existingScope: existingScope
    extraRedirectUris: extraRedirectUris
    deployerPrincipalId: principalId
    deployerPrincipalType: principalType
  }
}

// Outputs become variables of the azd environment, which the hooks in scripts/ read.
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = group.name
output PUBLIC_URL string = system.outputs.publicUrl
output APP_URL string = system.outputs.appUrl
output APP_RESOURCE_ID string = system.outputs.appResourceId
output BLOB__serviceUri string = system.outputs.blobEndpoint
output COSMOS__serviceUri string = system.outputs.cosmosEndpoint
output WEB_PUBSUB__serviceUri string = system.outputs.webPubSubEndpoint
output KEY_VAULT_URI string = system.outputs.keyVaultUri
output WEB_PUBSUB_HOST string = system.outputs.webPubSubHost
output FRONT_DOOR_ID string = system.outputs.frontDoorId
output AUTH_ISSUER string = system.outputs.issuer
output WEB_CLIENT_ID string = system.outputs.webClientId
output WEB_CLIENT_SCOPE string = system.outputs.webScope
