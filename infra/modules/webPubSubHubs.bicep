@description('Name of the Web PubSub service.')
param serviceName string

@description('Hubs, each with its own upstream route.')
param hubs array

@description('Scheme and host of the Functions app.')
param appUrl string

@description('The audience of the tokens the service shows to the app.')
param audience string

resource service 'Microsoft.SignalRService/webPubSub@2024-03-01' existing = {
  name: serviceName
}

resource hubSettings 'Microsoft.SignalRService/webPubSub/hubs@2024-03-01' = [for hub in hubs: {
  parent: service
  name: hub
  properties: {
    anonymousConnectPolicy: 'deny'
    eventHandlers: [
      {
        urlTemplate: '${appUrl}/api/upstream/${hub}'
        userEventPattern: '*'
        systemEvents: [
          'connect'
          'connected'
          'disconnected'
        ]
        auth: {
          type: 'ManagedIdentity'
          managedIdentity: {
            resource: audience
          }
        }
      }
    ]
  }
}]
