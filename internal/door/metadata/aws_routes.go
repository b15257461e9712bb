package metadata

import (
	"net/http"
	"strings"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/web"
)

// routes is the table of the AWS part. Instance metadata has no header that says which workload calls, so the proof is in
// the path of the endpoint that the launcher gives; the paths without it are refused.
func (d AWS) routes() []web.Route {
	const base, permission = "/launch/{secret}/latest", "a workload rule"
	get := func(path, name, doc string, read func(*host, http.ResponseWriter) error) web.Route {
		return web.Route{
			Method: http.MethodGet, Pattern: base + path, Slash: true, Permission: permission + " and a token", Name: name, Doc: doc,
			Handler: d.reading(read),
		}
	}
	return []web.Route{
		{
			Method: http.MethodGet, Pattern: "/v1/credentials", Permission: permission, Name: "ContainerCredentials",
			Doc:     "credentials of the workload's role by AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
			Handler: d.admit(inHeader, container),
		},
		{
			Method: http.MethodPut, Pattern: base + "/api/token", Permission: permission, Name: "InstanceToken",
			Doc:     "the token that each read of instance metadata needs (IMDSv2), by AWS_EC2_METADATA_SERVICE_ENDPOINT; its path is the proof",
			Handler: d.admit(inPath, instanceToken),
		},
		get("/meta-data/iam/security-credentials", "InstanceRole", "the name of the instance's role", instanceRole),
		get("/meta-data/iam/security-credentials/{role}", "InstanceCredentials", "credentials of the instance's role", instanceCredentials),
		get("/meta-data/instance-id", "InstanceID", "the instance's id", instanceID),
		get("/meta-data/placement/region", "InstanceRegion", "the instance's region", instanceRegion),
		get("/meta-data/placement/availability-zone", "InstanceZone", "the instance's zone", instanceZone),
		get("/dynamic/instance-identity/document", "InstanceDocument", "account, region and id of the instance, not signed", instanceDocument),
		get("/{rest...}", "InstanceOther", "whatever else clients look for is not there", notThere),
		{
			Method: http.MethodPut, Pattern: "/latest/api/token", Permission: permission, Name: "InstanceTokenUnproved",
			Doc:     "the instance metadata path itself: refused, because nothing says which workload calls",
			Handler: d.admit(inPath, instanceToken),
		},
		{
			Method: http.MethodGet, Pattern: "/latest/{rest...}", Slash: true, Permission: permission + " and a token", Name: "InstanceUnproved",
			Doc:     "the instance metadata path itself: refused, because nothing says which workload calls",
			Handler: d.reading(notThere),
		},
	}
}

// awsDialect writes refusals as the container endpoint or as the instance metadata does.
type awsDialect struct{ errors *awswire.ErrorTable }

// WriteError answers in the flavour that the path tells, because admitting may be what failed.
func (d awsDialect) WriteError(w http.ResponseWriter, r *http.Request, f *fault.Fault, requestID string) {
	failure := d.errors.Failure(f)
	switch {
	case r.URL.Path == "/v1/credentials":
		w.Header().Set("Content-Type", "application/json") // exactly: the SDK of Go reads code and message of no other
		w.WriteHeader(failure.Status)
		_, _ = w.Write(awswire.CredentialError(requestID, failure)) // a caller who has gone reads nothing
	case f.Reason == access.Denied && strings.Contains(r.URL.Path, "/security-credentials/"):
		// The service answers 200 where it may not assume the role: clients read Code and Message.
		_ = web.WriteJSON(w, http.StatusOK, map[string]string{
			"Code": "AssumeRoleUnauthorizedAccess", "Message": failure.Message + " (request id " + requestID + ")",
		})
	default:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(failure.Status)
		_, _ = w.Write([]byte(failure.Code + ": " + failure.Message + " (request id " + requestID + ")\n"))
	}
}

// Code is the error word for the record.
func (d awsDialect) Code(f *fault.Fault) string { return d.errors.Failure(f).Code }

// awsRows are the refusals that only this part knows.
func awsRows() map[fault.Reason]awswire.Entry {
	return map[fault.Reason]awswire.Entry{
		NoRole:      {Status: http.StatusNotFound, Code: "NoRole"},
		RoleDeleted: {Status: http.StatusNotFound, Code: "NoRole"},
	}
}
