// Package kit is what every operation of the Resource Manager door is made from, whichever provider it belongs to.
//
// An Operation is one line of the door's table: method, path, the action in Azure's words, the place where that action is
// asked for, the versions that are served, and what it does. The kit finds out who calls, checks the api-version, finds
// the place and its tenant, asks internal/access for the action, lets the operation act, and records what came of it. So
// an operation reads top to bottom in its own words, and none can forget one of the steps:
//
//	bearer token -> api-version -> scope and tenant -> access -> Do -> record -> JSON
//
// # How a sub-room joins
//
// A sub-room, such as door/arm/identity, is a package with one exported function, Operations() []kit.Operation, which
// door/arm puts into its table. The first pattern that matches a path decides, so a sub-room's own patterns stand above
// the generic resources. Do gets a Call and gives an Answer:
//
//		func Operations() []kit.Operation {
//			return []kit.Operation{{
//				Method: http.MethodGet, Pattern: "/subscriptions/{subscription}/things/{name}", Name: "GetThing",
//				Doc: "a thing", Action: "Microsoft.Things/things/read", Scope: kit.AtSubscription, Versions: kit.Listed("Microsoft.Things", "2024-01-01"),
//				Do: getThing,
//			}}
//		}
//
//	  - Parameters of the pattern are read with Param, those of the query with Query, the body with Body.
//	  - A right beside the action of the line is asked for with Allow, or with AllowOn inside of a command.
//	  - State is changed with Change alone: it looks for room on the disk, runs the command of the directory, writes the
//	    ledger, and leaves the View that shows the change in Call.View. A command reads Edit.View again for what it builds on.
//	  - Preconditions are held with Match inside of the command, with the revision as ETag.
//	  - Lists are answered with List, which cuts pages and signs the token of the next one.
//	  - Refusals are faults; the reasons that are the kit's own stand in faults.go, their codes in azwire's ARM table.
//
// It owns the way of a request through the door. It never knows a provider, never decides who may do what, and never
// writes state by any way but the directory's commands.
package kit
