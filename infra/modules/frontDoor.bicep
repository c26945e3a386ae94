@description('Name of the profile.')
param name string

@description('First part of the public host name.')
param endpointName string

param tags object

// One origin for the browser: the client at `/`, the app at `/api`. A static web app would pass `/api` on as well, but
// replaces the Authorization header on the way.
resource profile 'Microsoft.Cdn/profiles@2024-02-01' = {
  name: name
  location: 'global'
  tags: tags
  sku: {
    name: 'Standard_AzureFrontDoor'
  }
  properties: {
    originResponseTimeoutSeconds: 120
  }
}

resource endpoint 'Microsoft.Cdn/profiles/afdEndpoints@2024-02-01' = {
  parent: profile
  name: endpointName
  location: 'global'
  properties: {
    enabledState: 'Enabled'
  }
}

output id string = profile.id
output name string = profile.name
output endpointName string = endpoint.name
output frontDoorId string = profile.properties.frontDoorId
output hostName string = endpoint.properties.hostName
