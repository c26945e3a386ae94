// Everything in the resource group, wired together. What each parameter means stands in main.bicep.

param location string
param token string
param tags object
param companyName string
param mcpBaseUrl string
param mcpPrivateNetworks string
param mcpSecretNames array

param openAiLocation string
param chatModel object
param utilityModel object
param embeddingModel object
param modelPrices object
param budgets object
param teamGroups object
param rateLimits object
param retentionDays int

param instanceMemoryMB int
param maximumInstanceCount int
param httpConcurrency int
param alwaysReadyHttp int
param alwaysReadyDurable int

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

param staticWebAppLocation string

param logRetentionDays int
param logDailyQuotaGb int
param traceSampleRatio string
param contactEmails array
param monthlyBudget int
param budgetStartDate string
param privateNetworking bool
param addressPrefix string
param onlyThroughFrontDoor bool
param registerApps bool
param existingApiClientId string
param existingWebClientId string
param existingScope string
param extraRedirectUris array
param deployerPrincipalId string
param deployerPrincipalType string

var hubs = ['chat', 'group_chat']

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    location: location
    name: 'id-${token}'
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    location: location
    suffix: token
    retentionDays: logRetentionDays
    dailyQuotaGb: logDailyQuotaGb
    traceSampleRatio: traceSampleRatio
    appClientId: identity.outputs.clientId
    tags: tags
  }
}

module network 'modules/network.bicep' = if (privateNetworking) {
  name: 'network'
  params: {
    location: location
    suffix: token
    addressPrefix: addressPrefix
    tags: tags
  }
}

module services 'modules/services.bicep' = {
  name: 'services'
  params: {
    location: location
    token: token
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    insightsName: monitoring.outputs.insightsName
    appPrincipalId: identity.outputs.principalId
    appClientId: identity.outputs.clientId
    deployerPrincipalId: deployerPrincipalId
    deployerPrincipalType: deployerPrincipalType
    openAiLocation: openAiLocation
    chatModel: chatModel
    utilityModel: utilityModel
    embeddingModel: embeddingModel
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
    privateNetworking: privateNetworking
    endpointsSubnetId: privateNetworking ? network!.outputs.endpointsSubnetId : ''
  }
}

module staticWebApp 'modules/staticWebApp.bicep' = {
  name: 'static-web-app'
  params: {
    location: staticWebAppLocation
    name: 'web-${token}'
    tags: union(tags, { 'azd-service-name': 'web' })
  }
}

module frontDoor 'modules/frontDoor.bicep' = {
  name: 'front-door'
  params: {
    name: 'afd-${token}'
    endpointName: 'salescoach-${token}'
    tags: tags
  }
}

var publicUrl = 'https://${frontDoor.outputs.hostName}'

module entra 'modules/entra.bicep' = if (registerApps) {
  name: 'entra'
  params: {
    uniqueName: 'salescoach-${token}'
    displayName: 'SalesCoach'
    publicUrl: publicUrl
    identityPrincipalId: identity.outputs.principalId
    extraRedirectUris: extraRedirectUris
  }
}

var apiClientId = registerApps ? entra!.outputs.apiClientId : existingApiClientId
var webClientId = registerApps ? entra!.outputs.webClientId : existingWebClientId
var webScope = registerApps ? entra!.outputs.scope : existingScope
var issuer = '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'

// Names as the catalog refers to them, each answered by a secret of the same name in Key Vault's spelling.
var mcpSecrets = toObject(mcpSecretNames, name => name, name => '@Microsoft.KeyVault(VaultName=kv-${token};SecretName=${replace(toLower(name), '_', '-')})')

var appSettings = {
  AZURE_CLIENT_ID: identity.outputs.clientId
  AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential'
  AZURE_FUNCTIONS_DURABLE_STRICT_TYPING: '1'
  UPSTREAM_AUDIENCE: apiClientId
  AUTH_ISSUER: issuer
  AUTH_AUDIENCE: apiClientId
  AUTH_CLIENT_ID: apiClientId
  PUBLIC_URL: publicUrl
  CREDENTIALS_KEYS: '@Microsoft.KeyVault(VaultName=kv-${token};SecretName=credentials-keys)'
  MCP_SERVERS_FILE: empty(mcpBaseUrl) ? 'mcpservers.none.json' : 'mcpservers.json'
  MCP_BASE_URL: mcpBaseUrl
  MCP_PRIVATE_NETWORKS: mcpPrivateNetworks
  COMPANY_NAME: companyName
  PROMPT_LABEL: 'production'
  MODEL_PRICES: empty(modelPrices) ? '' : string(modelPrices)
  TEAM_GROUPS: empty(teamGroups) ? '' : string(teamGroups)
  BUDGETS: empty(budgets) ? '' : string(budgets)
  RATE_LIMITS: empty(rateLimits) ? '' : string(rateLimits)
  RETENTION_DAYS: retentionDays == 0 ? '' : string(retentionDays)
}

module functionApp 'modules/functionApp.bicep' = {
  name: 'function-app'
  params: {
    location: location
    name: 'func-${token}'
    identityId: identity.outputs.id
    deploymentContainerUrl: services.outputs.storageDeploymentUrl
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpConcurrency: httpConcurrency
    alwaysReadyHttp: alwaysReadyHttp
    alwaysReadyDurable: alwaysReadyDurable
    subnetId: privateNetworking ? network!.outputs.functionsSubnetId : ''
    onlyFrontDoorId: onlyThroughFrontDoor ? frontDoor.outputs.frontDoorId : ''
    workspaceId: monitoring.outputs.workspaceId
    settings: union(services.outputs.settings, monitoring.outputs.settings, appSettings, mcpSecrets)
    tags: tags
  }
}

module webPubSubHubs 'modules/webPubSubHubs.bicep' = {
  name: 'web-pubsub-hubs'
  params: {
    serviceName: services.outputs.webPubSubName
    hubs: hubs
    appUrl: functionApp.outputs.url
    audience: apiClientId
  }
}

module frontDoorRoutes 'modules/frontDoorRoutes.bicep' = {
  name: 'front-door-routes'
  params: {
    profileName: frontDoor.outputs.name
    endpointName: frontDoor.outputs.endpointName
    appHostName: functionApp.outputs.hostName
    webHostName: staticWebApp.outputs.hostName
  }
}

module operations 'modules/operations.bicep' = {
  name: 'operations'
  params: {
    location: location
    workspaceId: monitoring.outputs.workspaceId
    contactEmails: contactEmails
    monthlyBudget: monthlyBudget
    budgetStartDate: budgetStartDate
    cosmosId: services.outputs.cosmosId
    webPubSubId: services.outputs.webPubSubId
    openAiId: services.outputs.openAiId
    tags: tags
  }
}

output publicUrl string = publicUrl
output appUrl string = functionApp.outputs.url
output appResourceId string = functionApp.outputs.id
output blobEndpoint string = services.outputs.blobEndpoint
output cosmosEndpoint string = services.outputs.cosmosEndpoint
output webPubSubEndpoint string = services.outputs.webPubSubEndpoint
output keyVaultUri string = services.outputs.keyVaultUri
output webPubSubHost string = services.outputs.webPubSubHost
output frontDoorId string = frontDoor.outputs.frontDoorId
output issuer string = issuer
output webClientId string = webClientId
output webScope string = webScope
