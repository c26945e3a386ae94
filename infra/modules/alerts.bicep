@description('Region of the log alerts.')
param location string

@description('Workspace whose logs are watched.')
param workspaceId string

@description('Who is written to; empty: alerts show in the portal only.')
param contactEmails array

param cosmosId string
param webPubSubId string
param openAiId string

param tags object

// docs/runbook.md tells for each name what it means and what to do; tests compare. Texts are those the code logs.
var logAlerts = [
  {
    name: 'requests-fail'
    severity: 1
    minutes: 15
    query: 'AppRequests | where Success == false and ResultCode startswith "5" | summarize found = count()'
    operator: 'GreaterThan'
    threshold: 20
  }
  {
    name: 'steps-of-turns-fail'
    severity: 1
    minutes: 15
    query: 'AppRequests | where Name in ("call_model", "call_tool", "finish_turn") and Success == false | summarize found = count()'
    operator: 'GreaterThan'
    threshold: 20
  }
  {
    name: 'sweeper-rests'
    severity: 1
    minutes: 15
    query: 'AppRequests | where Name == "sweeper" and Success == true | summarize found = count()'
    operator: 'LessThan'
    threshold: 5
  }
  {
    name: 'eraser-rests'
    severity: 2
    minutes: 60
    query: 'AppRequests | where Name == "eraser" and Success == true | summarize found = count()'
    operator: 'LessThan'
    threshold: 5
  }
  {
    name: 'turns-are-swept'
    severity: 2
    minutes: 15
    query: 'AppTraces | where Message has "was claimed but not started" or Message has "is far past its deadline" or Message has "ended without releasing the floor" | summarize found = count()'
    operator: 'GreaterThan'
    threshold: 20
  }
  {
    name: 'erasing-fails'
    severity: 1
    minutes: 60
    query: 'AppTraces | where Message startswith "erasing " and Message has " failed" | summarize found = count()'
    operator: 'GreaterThan'
    threshold: 5
  }
  {
    name: 'model-refuses'
    severity: 2
    minutes: 15
    query: 'AppTraces | where Message has "model service answered" or Message has "model connection failed" | summarize found = count()'
    operator: 'GreaterThan'
    threshold: 50
  }
  {
    name: 'catalog-is-wrong'
    severity: 2
    minutes: 15
    query: 'AppTraces | where Message has "the catalog override is wrong" or Message has "the catalog could not be refreshed" | summarize found = count()'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    name: 'sign-in-keys-are-missing'
    severity: 2
    minutes: 15
    query: 'AppTraces | where Message has "keys could not be fetched" | summarize found = count()'
    operator: 'GreaterThan'
    threshold: 10
  }
  {
    name: 'security-events'
    severity: 2
    minutes: 15
    query: 'AppTraces | where Message has "token_of_another" or Message has "role_not_granted" or Message has "access_refused" | summarize found = count()'
    operator: 'GreaterThan'
    threshold: 10
  }
]

var metricAlerts = [
  {
    name: 'store-throttles'
    severity: 1
    resourceId: cosmosId
    type: 'Microsoft.DocumentDB/databaseAccounts'
    metric: 'TotalRequests'
    aggregation: 'Count'
    threshold: 100
    dimensions: [
      {
        name: 'StatusCode'
        operator: 'Include'
        values: [
          '429'
        ]
      }
    ]
  }
  {
    name: 'sockets-are-busy'
    severity: 2
    resourceId: webPubSubId
    type: 'Microsoft.SignalRService/WebPubSub'
    metric: 'ServerLoad'
    aggregation: 'Maximum'
    threshold: 70
    dimensions: []
  }
  {
    name: 'sockets-are-full'
    severity: 1
    resourceId: webPubSubId
    type: 'Microsoft.SignalRService/WebPubSub'
    metric: 'ConnectionQuotaUtilization'
    aggregation: 'Maximum'
    threshold: 80
    dimensions: []
  }
  {
    name: 'model-is-throttled'
    severity: 2
    resourceId: openAiId
    type: 'Microsoft.CognitiveServices/accounts'
    metric: 'AzureOpenAIRequests'
    aggregation: 'Total'
    threshold: 50
    dimensions: [
      {
        name: 'StatusCode'
        operator: 'Include'
        values: [
          '429'
        ]
      }
    ]
  }
]

resource operators 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-salescoach'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'salescoach'
    enabled: true
    emailReceivers: [for (email, index) in contactEmails: {
      name: 'operator-${index}'
      emailAddress: email
      useCommonAlertSchema: true
    }]
  }
}

resource logRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for alert in logAlerts: {
  name: alert.name
  location: location
  tags: tags
  properties: {
    displayName: alert.name
    severity: alert.severity
    enabled: true
    scopes: [
      workspaceId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT${alert.minutes}M'
    autoMitigate: true
    // The tables appear with the first telemetry, which comes after the first deployment.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: alert.query
          metricMeasureColumn: 'found'
          timeAggregation: 'Total'
          operator: alert.operator
          threshold: alert.threshold
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        operators.id
      ]
    }
  }
}]

resource metricRules 'Microsoft.Insights/metricAlerts@2018-03-01' = [for alert in metricAlerts: {
  name: alert.name
  location: 'global'
  tags: tags
  properties: {
    severity: alert.severity
    enabled: true
    autoMitigate: true
    scopes: [
      alert.resourceId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    targetResourceType: alert.type
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: alert.name
          criterionType: 'StaticThresholdCriterion'
          metricName: alert.metric
          timeAggregation: alert.aggregation
          operator: 'GreaterThan'
          threshold: alert.threshold
          dimensions: alert.dimensions
        }
      ]
    }
    actions: [
      {
        actionGroupId: operators.id
      }
    ]
  }
}]
