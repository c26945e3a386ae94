@description('Region of the endpoints.')
param location string

@description('Subnet the endpoints get their addresses in.')
param subnetId string

@description('Suffix of the names.')
param suffix string

param storageId string
param cosmosId string
param openAiId string
param keyVaultId string

param tags object

var targets = [
  {
    name: 'blob'
    group: 'blob'
    id: storageId
    zone: 'privatelink.blob.${environment().suffixes.storage}'
  }
  {
    name: 'table'
    group: 'table'
    id: storageId
    zone: 'privatelink.table.${environment().suffixes.storage}'
  }
  {
    name: 'cosmos'
    group: 'Sql'
    id: cosmosId
    zone: 'privatelink.documents.azure.com'
  }
  {
    name: 'openai'
    group: 'account'
    id: openAiId
    zone: 'privatelink.openai.azure.com'
  }
  {
    name: 'vault'
    group: 'vault'
    id: keyVaultId
    zone: 'privatelink.vaultcore.azure.net'
  }
]

resource endpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [for target in targets: {
  name: 'pe-${target.name}-${suffix}'
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    privateLinkServiceConnections: [
      {
        name: target.name
        properties: {
          privateLinkServiceId: target.id
          groupIds: [
            target.group
          ]
        }
      }
    ]
  }
}]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [for (target, index) in targets: {
  parent: endpoints[index]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: target.name
        properties: {
          privateDnsZoneId: resourceId('Microsoft.Network/privateDnsZones', target.zone)
        }
      }
    ]
  }
}]
