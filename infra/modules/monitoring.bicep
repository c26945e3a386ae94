@description('Region of the workspace and of Application Insights.')
param location string

@description('Suffix of the names.')
param suffix string

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('Gigabytes of logs a day; what comes after that on a day is lost. -1: no limit.')
param dailyQuotaGb int

@description('Which part of the traces is kept, 0 to 1. Metrics count everything in any case.')
param traceSampleRatio string

@description('Client id of the identity the app and its host write telemetry with.')
param appClientId string

param tags object

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-${suffix}'
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    workspaceCapping: {
      dailyQuotaGb: dailyQuotaGb
    }
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
    publicNetworkAccessForIngestion: 'Enabled'
    publicNetworkAccessForQuery: 'Enabled'
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${suffix}'
  location: location
  kind: 'web'
  tags: tags
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
    publicNetworkAccessForIngestion: 'Enabled'
    publicNetworkAccessForQuery: 'Enabled'
  }
}

var telemetrySettings = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${appClientId};Authorization=AAD'
  PYTHON_ENABLE_OPENTELEMETRY: 'true'
  TELEMETRY_CONTENT: 'false'
  TRACE_SAMPLE_RATIO: traceSampleRatio
}

output settings object = telemetrySettings
output workspaceId string = workspace.id
output insightsName string = insights.name
