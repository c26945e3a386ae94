// What operators look at and are woken by.

param location string

@description('Workspace whose logs are watched.')
param workspaceId string

@description('Who is told.')
param contactEmails array

@description('Money a month in the billing currency; 0: no budget.')
param monthlyBudget int
param budgetStartDate string

param cosmosId string
param webPubSubId string
param openAiId string

param tags object

module alerts 'alerts.bicep' = {
  name: 'alerts'
  params: {
    location: location
    workspaceId: workspaceId
    contactEmails: contactEmails
    tags: tags
  }
}

module metricAlerts 'metricAlerts.bicep' = {
  name: 'metric-alerts'
  params: {
    operatorsId: alerts.outputs.operatorsId
    cosmosId: cosmosId
    webPubSubId: webPubSubId
    openAiId: openAiId
    tags: tags
  }
}

module workbook 'workbook.bicep' = {
  name: 'workbook'
  params: {
    location: location
    workspaceId: workspaceId
    tags: tags
  }
}

module budget 'budget.bicep' = if (monthlyBudget > 0 && !empty(contactEmails)) {
  name: 'budget'
  params: {
    amount: monthlyBudget
    contactEmails: contactEmails
    startDate: budgetStartDate
  }
}
