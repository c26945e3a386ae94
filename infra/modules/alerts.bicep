@description('Region of the log alerts.')
param location string

@description('Workspace whose logs are watched.')
param workspaceId string

@description('Who is written to; empty: alerts show in the portal only.')
param contactEmails array

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
    query: 'AppMetrics | where Name == "salescoach.failures" and tostring(Properties["salescoach.place"]) in ("call_model", "call_tool", "finish_turn") | summarize found = coalesce(sum(Sum), 0.0)'
    operator: 'GreaterThan'
    threshold: 20
  }
  {
    name: 'sweeper-rests'
    severity: 1
    minutes: 15
    query: 'AppMetrics | where Name == "salescoach.sweeps" and tostring(Properties["what"]) == "turns" | summarize found = coalesce(sum(Sum), 0.0)'
    operator: 'LessThan'
    threshold: 5
  }
  {
    name: 'eraser-rests'
    severity: 2
    minutes: 60
    query: 'AppMetrics | where Name == "salescoach.sweeps" and tostring(Properties["what"]) == "erasing" | summarize found = coalesce(sum(Sum), 0.0)'
    operator: 'LessThan'
    threshold: 5
  }
  {
    name: 'turns-are-swept'
    severity: 2
    minutes: 15
    query: 'AppMetrics | where Name == "salescoach.swept_turns" | summarize found = coalesce(sum(Sum), 0.0)'
    operator: 'GreaterThan'
    threshold: 20
  }
  {
    name: 'turns-fail'
    severity: 1
    minutes: 15
    query: 'AppMetrics | where Name == "salescoach.turns" and tostring(Properties["salescoach.status"]) == "failed" | summarize found = coalesce(sum(Sum), 0.0)'
    operator: 'GreaterThan'
    threshold: 20
  }
  {
    name: 'answers-are-slow'
    severity: 2
    minutes: 15
    query: 'AppMetrics | where Name == "salescoach.time_to_first_delta" | summarize found = coalesce(sum(Sum) / sum(ItemCount), 0.0)'
    operator: 'GreaterThan'
    threshold: 8
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

output operatorsId string = operators.id
