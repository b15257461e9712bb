// Package arm is Azure Resource Manager: subscriptions, resource groups, resources of any type with their identities,
// user-assigned identities with their federated credentials, and what says who may do what on them.
//
// It owns the table of the door and the dialect. What a request goes through stands in door/arm/kit, which also says how a
// sub-room joins; each provider's operations are a sub-room. It never decides by itself: every right is asked for from
// access, and every change is a command of the directory.
package arm
