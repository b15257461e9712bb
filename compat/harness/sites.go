package harness

// Sites is a manifest of a site with two identities, one with a system-assigned one alone, and one with none, in a group that
// is to be named instead of GROUP.
const Sites = `
kind: ResourceGroup
name: GROUP
location: westeurope
---
kind: UserAssignedIdentity
name: GROUP-first
resourceGroup: GROUP
---
kind: UserAssignedIdentity
name: GROUP-second
resourceGroup: GROUP
---
kind: Resource
type: Microsoft.Web/sites
name: GROUP-two
resourceGroup: GROUP
identity: {type: UserAssigned, userAssignedIdentities: [GROUP-first, GROUP-second]}
---
kind: Resource
type: Microsoft.Web/sites
name: GROUP-own
resourceGroup: GROUP
identity: {type: SystemAssigned}
---
kind: Resource
type: Microsoft.Web/sites
name: GROUP-none
resourceGroup: GROUP
`
