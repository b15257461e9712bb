// Package organization is the commands for what an organization says of an AWS account: its service and resource control
// policies.
//
// It owns the rules for these policies, which it writes through the directory's Edit. It never decides by them, which is
// iampolicy's, and there is no organization beside them: no root, no units, one level.
package organization
