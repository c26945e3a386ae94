@description('Region of the static web app; it exists in few regions.')
param location string

@description('Name of the static web app.')
param name string

param tags object

// Standard: only that tier can be told to answer nobody but Front Door (web/dist/staticwebapp.config.json).
resource site 'Microsoft.Web/staticSites@2024-04-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: 'Standard'
    tier: 'Standard'
  }
  properties: {
    allowConfigFileUpdates: true
    stagingEnvironmentPolicy: 'Disabled'
    provider: 'None'
  }
}

output name string = site.name
output hostName string = site.properties.defaultHostname
