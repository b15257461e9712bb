// Package authorization is Microsoft.Authorization at the Resource Manager door: role definitions, role assignments, deny
// assignments, and what the caller may do at a scope.
//
// It owns the forms on the wire, the filters, and what must be asked before somebody may give rights away: a right to write
// assignments is asked for at the scope of the assignment with what it would grant to whom, so that conditions can limit
// it, and a right to write definitions at every place where the role could be granted. It never widens what its caller may
// do (see guard.go), and never writes deny assignments: on Azure nobody but the cloud itself does.
package authorization
