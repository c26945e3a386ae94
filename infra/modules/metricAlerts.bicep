@description('Action group that is told.')
param operatorsId string

param cosmosId string
param webPubSubId string
param openAiId string

param tags object

// docs/runbook.md tells for each name what it means and what to do; tests compare.
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
        actionGroupId: operatorsId
      }
    ]
  }
}]
