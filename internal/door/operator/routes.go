package operator

import (
	"net/http"

	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/web"
)

// permission is what every route of this door needs.
const permission = "an operator's uid"

// line is one route of the table.
func line(method, pattern, name, doc string, h web.Handler) web.Route {
	return web.Route{Method: method, Pattern: pattern, Name: name, Doc: doc, Permission: permission, Handler: h}
}

// routes is the table of the door. A route's name is the operation that stands in its records.
func (d Door) routes() []web.Route {
	manifests := line(http.MethodPost, opwire.PathApply, "apply", "make what a manifest says, or say what that would be", d.json(apply))
	manifests.MaxBody = maxApply
	return []web.Route{
		line(http.MethodGet, opwire.PathStatus, "status", "what the server is and where its doors are", d.json(status)),
		manifests,
		line(http.MethodGet, opwire.PathRecords+"{kind}", "records.list", "all things of a kind", d.json(listRecords)),
		line(http.MethodGet, opwire.PathRecords+"{kind}/named", "records.get", "the things of a kind that have the name ?name=", d.json(getRecords)),
		line(http.MethodDelete, opwire.PathRecords+"{kind}/named", "delete", "delete the one thing of a kind that has the name ?name=", d.json(deleteRecord)),

		line(http.MethodPost, opwire.PathLaunch, "launch", "let a process run as a workload or as the operator for an hour", d.json(launch)),
		line(http.MethodPut, opwire.PathLaunchs+"{id}", "launch.renew", "another hour", d.json(renewLaunch)),
		line(http.MethodDelete, opwire.PathLaunchs+"{id}", "launch.end", "end it now", d.json(endLaunch)),
		line(http.MethodPost, opwire.PathToken, "token", "a token of a workload's identity, with its claims in clear", d.json(token)),
		line(http.MethodPost, opwire.PathSession, "session", "AWS credentials of the operator's role or of an account's root", d.json(session)),

		line(http.MethodGet, opwire.PathRecord+"{id}", "audit.find", "the record of a request, by its id", d.json(findRecord)),
		line(http.MethodGet, opwire.PathAudit, "audit.query", "records by time, principal, operation and outcome, as JSON lines", d.stream(queryRecords)),
		line(http.MethodPost, opwire.PathVerify, "audit.verify", "walk the ledger's hash chain", d.json(verifyLedger)),
		line(http.MethodPost, opwire.PathCan, "can", "would a principal be let do something, and why", d.json(can)),
		line(http.MethodPost, opwire.PathWhoCan, "who-can", "who would be let do something, and why", d.json(whoCan)),

		line(http.MethodGet, opwire.PathKeys, "keys.list", "the signing keys, without their private parts", d.json(listKeys)),
		line(http.MethodPost, opwire.PathRotate, "keys.rotate", "new signing keys", d.json(rotateKeys)),
		line(http.MethodPost, opwire.PathRevoke, "revoke", "end what a principal, role or account was given so far", d.json(revoke)),
		line(http.MethodGet, opwire.PathBackup, "backup", "a backup of everything but the key encryption key", d.stream(backup)),
		line(http.MethodPost, opwire.PathConfirm, "confirm", "issue again after a restore", d.json(confirm)),
		line(http.MethodGet, opwire.PathDoctor, "doctor", "what is well, what is not, and what mends it", d.json(doctor)),
	}
}
