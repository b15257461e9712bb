// Package iam is the AWS Identity and Access Management door: roles, policies, OIDC providers and instance profiles, as
// clients make, read and delete them.
//
// It owns the table of actions of the Query protocol version 2010-05-08; its rooms have their parameters and their XML.
// Whether a caller may comes from access, and a change is the directory's, which the kit asks twice. It never decides, and
// it answers an action that AWS has and Lanyard does not with an honest NotImplemented.
package iam
