@description('Region of the workbook.')
param location string

@description('Workspace it reads.')
param workspaceId string

param tags object

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'salescoach-operations')
  location: location
  kind: 'shared'
  tags: tags
  properties: {
    displayName: 'SalesCoach operations'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: loadTextContent('../workbook.json')
  }
}
