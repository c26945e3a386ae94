@description('Region of the account; there is one, and it is the write region.')
param location string

@description('Name of the account.')
param name string

@description('Name of the database.')
param databaseName string

@description('0: serverless. Otherwise the highest throughput of the database, in request units a second (a multiple of 1000).')
@minValue(0)
param autoscaleMaxThroughput int

@description('Keep copies in three availability zones (not with serverless in every region).')
param zoneRedundant bool

@description('How far back the account can be restored.')
@allowed([
  'Continuous7Days'
  'Continuous30Days'
])
param backupTier string

@description('Reachable through private endpoints only.')
param privateNetworking bool

@description('Workspace for diagnostic logs.')
param workspaceId string

param tags object

// The same as DEFINITIONS in shared/containers.py, which tests compare; -1: kept until something deletes it.
var containers = [
  {
    name: 'sessions'
    partitionKey: '/conversation_id'
    defaultTtl: -1
    unindexed: [
      '/data/*'
      '/text/?'
      '/private_text/?'
      '/instructions/?'
      '/tools/*'
    ]
  }
  {
    name: 'groups'
    partitionKey: '/conversation_id'
    defaultTtl: -1
    unindexed: [
      '/data/*'
      '/text/?'
      '/private_text/?'
      '/instructions/?'
      '/tools/*'
    ]
  }
  {
    name: 'people'
    partitionKey: '/principal'
    defaultTtl: -1
    unindexed: [
      '/today/*'
      '/this_month/*'
      '/holds/*'
      '/warned/*'
      '/totals/*'
      '/usage/*'
      '/memory/*'
      '/entries/*'
    ]
  }
  {
    name: 'credentials'
    partitionKey: '/principal'
    defaultTtl: -1
    unindexed: []
  }
  {
    name: 'security'
    partitionKey: '/day'
    defaultTtl: 7776000
    unindexed: [
      '/detail/?'
    ]
  }
  {
    name: 'insights'
    partitionKey: '/part'
    defaultTtl: -1
    unindexed: [
      '/note/?'
      '/text/?'
      '/vector/?'
      '/centroid/?'
      '/examples/*'
    ]
  }
]

var serverless = autoscaleMaxThroughput == 0

resource account 'Microsoft.DocumentDB/databaseAccounts@2024-11-15' = {
  name: name
  location: location
  kind: 'GlobalDocumentDB'
  tags: tags
  properties: {
    databaseAccountOfferType: 'Standard'
    capabilities: serverless ? [
      {
        name: 'EnableServerless'
      }
    ] : []
    // Strong, for an activity reads on another instance what a handler wrote milliseconds before.
    consistencyPolicy: {
      defaultConsistencyLevel: 'Strong'
    }
    locations: [
      {
        locationName: location
        failoverPriority: 0
        isZoneRedundant: zoneRedundant
      }
    ]
    backupPolicy: {
      type: 'Continuous'
      continuousModeProperties: {
        tier: backupTier
      }
    }
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    enableAutomaticFailover: false
    enableMultipleWriteLocations: false
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: privateNetworking ? 'Disabled' : 'Enabled'
    networkAclBypass: 'None'
  }
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2024-11-15' = {
  parent: account
  name: databaseName
  properties: {
    resource: {
      id: databaseName
    }
    options: serverless ? {} : {
      autoscaleSettings: {
        maxThroughput: autoscaleMaxThroughput
      }
    }
  }
}

resource collections 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2024-11-15' = [for container in containers: {
  parent: database
  name: container.name
  properties: {
    resource: {
      id: container.name
      partitionKey: {
        kind: 'Hash'
        version: 2
        paths: [
          container.partitionKey
        ]
      }
      defaultTtl: container.defaultTtl
      indexingPolicy: {
        indexingMode: 'consistent'
        automatic: true
        includedPaths: [
          {
            path: '/*'
          }
        ]
        excludedPaths: [for path in concat(container.unindexed, ['/"_etag"/?']): {
          path: path
        }]
      }
    }
  }
}]

// Control plane and query statistics; never documents.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [
      {
        category: 'ControlPlaneRequests'
        enabled: true
      }
      {
        category: 'PartitionKeyRUConsumption'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'Requests'
        enabled: true
      }
    ]
  }
}

output id string = account.id
output name string = account.name
output endpoint string = account.properties.documentEndpoint
