@description('Name of the Front Door profile.')
param profileName string

@description('Name of its endpoint.')
param endpointName string

@description('Host of the Functions app.')
param appHostName string

@description('Host of the static web app.')
param webHostName string

var origins = [
  {
    name: 'app'
    hostName: appHostName
    patterns: [
      '/api/*'
    ]
  }
  {
    name: 'web'
    hostName: webHostName
    patterns: [
      '/*'
    ]
  }
]

resource profile 'Microsoft.Cdn/profiles@2024-02-01' existing = {
  name: profileName
}

resource endpoint 'Microsoft.Cdn/profiles/afdEndpoints@2024-02-01' existing = {
  parent: profile
  name: endpointName
}

// One origin each, so there is nothing to probe; probes would keep an idle app awake.
resource groups 'Microsoft.Cdn/profiles/originGroups@2024-02-01' = [for origin in origins: {
  parent: profile
  name: origin.name
  properties: {
    loadBalancingSettings: {
      sampleSize: 4
      successfulSamplesRequired: 3
      additionalLatencyInMilliseconds: 50
    }
    sessionAffinityState: 'Disabled'
  }
}]

resource hosts 'Microsoft.Cdn/profiles/originGroups/origins@2024-02-01' = [for (origin, index) in origins: {
  parent: groups[index]
  name: origin.name
  properties: {
    hostName: origin.hostName
    originHostHeader: origin.hostName
    httpPort: 80
    httpsPort: 443
    priority: 1
    weight: 1000
    enabledState: 'Enabled'
    enforceCertificateNameCheck: true
  }
}]

// No cache for either: the client's files carry their own Cache-Control, the app's answers are personal.
resource routes 'Microsoft.Cdn/profiles/afdEndpoints/routes@2024-02-01' = [for (origin, index) in origins: {
  parent: endpoint
  name: origin.name
  properties: {
    originGroup: {
      id: groups[index].id
    }
    patternsToMatch: origin.patterns
    supportedProtocols: [
      'Http'
      'Https'
    ]
    httpsRedirect: 'Enabled'
    forwardingProtocol: 'HttpsOnly'
    linkToDefaultDomain: 'Enabled'
    enabledState: 'Enabled'
  }
  dependsOn: [
    hosts
  ]
}]
