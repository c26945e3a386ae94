extension microsoftGraphV1

@description('Unique name of the registrations in the tenant; deploying again finds them by it.')
param uniqueName string

@description('What people see when they sign in.')
param displayName string

@description('Scheme and host under which people reach the web client.')
param publicUrl string

@description('Object id of the app\'s managed identity, which may act as the API\'s registration.')
param identityPrincipalId string

@description('Further pages the web client may return to, such as http://127.0.0.1:4280/signed-in.')
param extraRedirectUris array

// App roles: those of the tool catalog and of the endpoints; tests compare. Assign people and groups to them in Entra.
var roles = [
  {
    value: 'Sales'
    description: 'Sells: pipeline, accounts, quotes'
  }
  {
    value: 'Management'
    description: 'Leads sellers: also forecasts'
  }
  {
    value: 'HR'
    description: 'Trains and hires: the playbook'
  }
  {
    value: 'Knowledge'
    description: 'Approves answers to common questions'
  }
  {
    value: 'Admin'
    description: 'Operates the coach: prompts, catalog, usage, feedback, security events'
  }
]

var scopeName = 'access'
var scopeId = guid(uniqueName, scopeName)

// Microsoft Azure CLI, whose sign-in azd shares: who deploys asks the coach one question as themselves.
var azureCommandLine = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'

resource web 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: '${uniqueName}-web'
  displayName: displayName
  signInAudience: 'AzureADMyOrg'
  spa: {
    redirectUris: concat(['${publicUrl}/signed-in', '${publicUrl}/'], extraRedirectUris)
  }
}

resource webPrincipal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: web.appId
}

// Tokens of version 2: their audience is the client id, their issuer ends in /v2.0. Groups assigned to the app only,
// so that a person in very many groups still has them in the token.
resource api 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: '${uniqueName}-api'
  displayName: '${displayName} API'
  signInAudience: 'AzureADMyOrg'
  identifierUris: [
    'api://${tenant().tenantId}/${uniqueName}'
  ]
  groupMembershipClaims: 'ApplicationGroup'
  optionalClaims: {
    accessToken: [
      {
        name: 'email'
        essential: false
        additionalProperties: []
      }
    ]
  }
  api: {
    requestedAccessTokenVersion: 2
    oauth2PermissionScopes: [
      {
        id: scopeId
        value: scopeName
        type: 'User'
        isEnabled: true
        adminConsentDisplayName: 'Talk to the coach'
        adminConsentDescription: 'Lets the application talk to the coach as the signed-in person.'
        userConsentDisplayName: 'Talk to the coach'
        userConsentDescription: 'Lets the application talk to the coach as you.'
      }
    ]
    preAuthorizedApplications: [
      {
        appId: web.appId
        delegatedPermissionIds: [
          scopeId
        ]
      }
      {
        appId: azureCommandLine
        delegatedPermissionIds: [
          scopeId
        ]
      }
    ]
  }
  appRoles: [for role in roles: {
    id: guid(uniqueName, 'role', role.value)
    value: role.value
    displayName: role.value
    description: role.description
    allowedMemberTypes: [
      'User'
    ]
    isEnabled: true
  }]

  // No client secret: for calls on a person's behalf the app shows its managed identity.
  resource federation 'federatedIdentityCredentials@v1.0' = {
    name: '${api.uniqueName}/managed-identity'
    description: 'The managed identity the app runs as.'
    issuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
    subject: identityPrincipalId
    audiences: [
      'api://AzureADTokenExchange'
    ]
  }
}

resource apiPrincipal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: api.appId
  appRoleAssignmentRequired: false
}

output apiClientId string = api.appId
output webClientId string = web.appId
output scope string = 'api://${tenant().tenantId}/${uniqueName}/${scopeName}'
