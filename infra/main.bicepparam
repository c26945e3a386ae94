using './main.bicep'

// Each parameter is a variable of the azd environment: `azd env set NAME VALUE`, objects and lists as JSON.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param staticWebAppLocation = readEnvironmentVariable('STATIC_WEB_APP_LOCATION', 'westeurope')
param openAiLocation = readEnvironmentVariable('OPENAI_LOCATION', '')
param principalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param principalType = readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', 'User')

param companyName = readEnvironmentVariable('COMPANY_NAME', 'your company')
param mcpBaseUrl = readEnvironmentVariable('MCP_BASE_URL', '')
param mcpPrivateNetworks = readEnvironmentVariable('MCP_PRIVATE_NETWORKS', '')
param mcpSecretNames = json(readEnvironmentVariable('MCP_SECRET_NAMES', '[]'))
param modelPrices = json(readEnvironmentVariable('MODEL_PRICES', '{}'))
param budgets = json(readEnvironmentVariable('BUDGETS', '{}'))
param teamGroups = json(readEnvironmentVariable('TEAM_GROUPS', '{}'))
param rateLimits = json(readEnvironmentVariable('RATE_LIMITS', '{}'))
param retentionDays = int(readEnvironmentVariable('RETENTION_DAYS', '0'))

param chatModel = {
  name: readEnvironmentVariable('CHAT_DEPLOYMENT', 'chat')
  model: readEnvironmentVariable('CHAT_MODEL', 'gpt-4.1')
  version: readEnvironmentVariable('CHAT_MODEL_VERSION', '2025-04-14')
  sku: readEnvironmentVariable('CHAT_SKU', 'GlobalStandard')
  capacity: int(readEnvironmentVariable('CHAT_CAPACITY', '100'))
}
param utilityModel = {
  name: readEnvironmentVariable('UTILITY_DEPLOYMENT', 'utility')
  model: readEnvironmentVariable('UTILITY_MODEL', 'gpt-4.1-mini')
  version: readEnvironmentVariable('UTILITY_MODEL_VERSION', '2025-04-14')
  sku: readEnvironmentVariable('UTILITY_SKU', 'GlobalStandard')
  capacity: int(readEnvironmentVariable('UTILITY_CAPACITY', '100'))
}
param embeddingModel = {
  name: readEnvironmentVariable('EMBEDDING_DEPLOYMENT', 'embedding')
  model: readEnvironmentVariable('EMBEDDING_MODEL', 'text-embedding-3-small')
  version: readEnvironmentVariable('EMBEDDING_MODEL_VERSION', '1')
  sku: readEnvironmentVariable('EMBEDDING_SKU', 'GlobalStandard')
  capacity: int(readEnvironmentVariable('EMBEDDING_CAPACITY', '100'))
}

param instanceMemoryMB = int(readEnvironmentVariable('INSTANCE_MEMORY_MB', '2048'))
param maximumInstanceCount = int(readEnvironmentVariable('MAXIMUM_INSTANCES', '100'))
param httpConcurrency = int(readEnvironmentVariable('HTTP_CONCURRENCY', '64'))
param alwaysReadyHttp = int(readEnvironmentVariable('ALWAYS_READY_HTTP', '1'))
param alwaysReadyDurable = int(readEnvironmentVariable('ALWAYS_READY_DURABLE', '1'))

param schedulerSku = readEnvironmentVariable('SCHEDULER_SKU', 'Consumption')
param schedulerCapacity = int(readEnvironmentVariable('SCHEDULER_CAPACITY', '1'))
param schedulerIpAllowlist = json(readEnvironmentVariable('SCHEDULER_IP_ALLOWLIST', '["0.0.0.0/0"]'))
param historyRetentionDays = int(readEnvironmentVariable('HISTORY_RETENTION_DAYS', '7'))
param cosmosAutoscaleMaxThroughput = int(readEnvironmentVariable('COSMOS_MAX_THROUGHPUT', '0'))
param cosmosZoneRedundant = bool(readEnvironmentVariable('COSMOS_ZONE_REDUNDANT', 'false'))
param cosmosBackupTier = readEnvironmentVariable('COSMOS_BACKUP_TIER', 'Continuous7Days')
param storageSku = readEnvironmentVariable('STORAGE_SKU', 'Standard_ZRS')
param webPubSubSku = readEnvironmentVariable('WEB_PUBSUB_SKU', 'Standard_S1')
param webPubSubUnits = int(readEnvironmentVariable('WEB_PUBSUB_UNITS', '1'))

param logRetentionDays = int(readEnvironmentVariable('LOG_RETENTION_DAYS', '30'))
param logDailyQuotaGb = int(readEnvironmentVariable('LOG_DAILY_QUOTA_GB', '5'))
param traceSampleRatio = readEnvironmentVariable('TRACE_SAMPLE_RATIO', '1')
param contactEmails = json(readEnvironmentVariable('CONTACT_EMAILS', '[]'))
param monthlyBudget = int(readEnvironmentVariable('MONTHLY_BUDGET', '0'))

param privateNetworking = bool(readEnvironmentVariable('PRIVATE_NETWORKING', 'false'))
param addressPrefix = readEnvironmentVariable('ADDRESS_PREFIX', '10.40.0.0/24')
param onlyThroughFrontDoor = bool(readEnvironmentVariable('ONLY_THROUGH_FRONT_DOOR', 'true'))
param registerApps = bool(readEnvironmentVariable('REGISTER_APPS', 'true'))
param existingApiClientId = readEnvironmentVariable('API_CLIENT_ID', '')
param existingWebClientId = readEnvironmentVariable('EXISTING_WEB_CLIENT_ID', '')
param existingScope = readEnvironmentVariable('EXISTING_WEB_CLIENT_SCOPE', '')
param extraRedirectUris = json(readEnvironmentVariable('EXTRA_REDIRECT_URIS', '[]'))
