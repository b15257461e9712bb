package opwire

import (
	"encoding/json"
	"net/url"
	"time"

	"github.com/lanyard-id/lanyard/internal/audit"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// Paths of the operator door.
const (
	PathStatus  = "/v1/status"       // GET: Status
	PathApply   = "/v1/apply"        // POST ApplyRequest: ApplyResult
	PathRecords = "/v1/records/"     // GET {kind}, {kind}/named?name=NAME: []json; DELETE the latter: ApplyResult; see RecordPath
	PathLaunch  = "/v1/launches"     // POST LaunchRequest: Launch
	PathLaunchs = "/v1/launches/"    // PUT {id}: Launch without secrets; DELETE {id}
	PathToken   = "/v1/token"        // POST TokenRequest: Token
	PathSession = "/v1/session"      // POST SessionRequest: Session
	PathRecord  = "/v1/audit/"       // GET {request id}: audit.Record
	PathAudit   = "/v1/audit"        // GET ?since=&until=&principal=&operation=&outcome=&limit=: JSON lines of audit.Record
	PathVerify  = "/v1/audit-verify" // POST: VerifyResult
	PathCan     = "/v1/can"          // POST CanRequest: reason.Decision
	PathWhoCan  = "/v1/who-can"      // POST CanRequest without principal: WhoCanResult
	PathKeys    = "/v1/keys"         // GET: []Key
	PathRotate  = "/v1/keys/rotate"  // POST RotateRequest: []Key
	PathRevoke  = "/v1/revoke"       // POST RevokeRequest: ApplyResult
	PathBackup  = "/v1/backup"       // GET: the backup file
	PathConfirm = "/v1/confirm"      // POST: Status; ends the hold after a restore
	PathDoctor  = "/v1/doctor"       // GET: []Finding
)

// Status is what a running server says of itself.
type Status struct {
	Version      string            `json:"version"`
	StoreID      string            `json:"storeId"`
	Revision     int64             `json:"revision"`
	Held         bool              `json:"held"` // restored and not confirmed: nothing is issued
	URLs         map[string]string `json:"urls"` // by door: entra, sts, iam, s3, blob, metadata, console
	CA           string            `json:"ca"`   // path of the CA bundle: system roots and our own
	OwnCA        string            `json:"ownCa"`
	AWSCA        string            `json:"awsCa,omitempty"`      // path of the roots for AWS's clients: none but those that vouch for the doors, where that is known
	Thumbprint   string            `json:"thumbprint,omitempty"` // SHA-1 of the listeners' certificate: Service Fabric's clients pin it
	Tenant       string            `json:"tenant"`
	Subscription string            `json:"subscription"`
	Account      string            `json:"account"`
	Region       string            `json:"region"`
	PID          int               `json:"pid"`
}

// ApplyRequest carries manifests as they were written.
type ApplyRequest struct {
	Manifest string `json:"manifest"`
	File     string `json:"file,omitempty"` // for the record only
	DryRun   bool   `json:"dryRun,omitempty"`
}

// Step is what was, or would be, done with one document.
type Step struct {
	Action  string   `json:"action"` // create, update, unchanged, delete
	Kind    string   `json:"kind"`
	Name    string   `json:"name"`
	ID      string   `json:"id,omitempty"`
	Changes []string `json:"changes,omitempty"`
	// Warnings are about policies of the thing that are legal and probably not meant.
	Warnings []string `json:"warnings,omitempty"`
}

// ApplyResult lists the steps of one change.
type ApplyResult struct {
	Steps    []Step `json:"steps"`
	Revision int64  `json:"revision"`
	DryRun   bool   `json:"dryRun,omitempty"`
}

// LaunchRequest asks for the settings of a process that runs as a workload or as the operator.
type LaunchRequest struct {
	As string `json:"as"` // resource id, or its name where that is unique, or ARN, or operator[@NAME]
}

// Launch is what a launcher needs to start its child. Secret proves to the metadata door which workload calls. ID and
// Secret are empty for an operator whose NAME is an AWS account's only: there is nothing to prove and nothing to renew.
type Launch struct {
	ID      string            `json:"id,omitempty"`
	As      string            `json:"as"`               // in full
	Secret  string            `json:"secret,omitempty"` // shown once
	Expires time.Time         `json:"expires"`          // renew well before
	Env     map[string]string `json:"env,omitempty"`    // the workload's own settings (siteConfig.appSettings)
	Client  string            `json:"clientId,omitempty"`
	Role    string            `json:"role,omitempty"` // ARN of the role that an AWS workload has now
	Tenant  string            `json:"tenant,omitempty"`
	// Session is set where the caller is an operator: AWS credentials beside the launch secret.
	Session *Session `json:"session,omitempty"`
	// SessionRefused says why an operator has no AWS credentials, e.g. because the role lanyard/Operator was deleted.
	SessionRefused string `json:"sessionRefused,omitempty"`
}

// TokenRequest asks for an Entra token of a workload's identity, as the metadata door would give it.
type TokenRequest struct {
	As       string `json:"as"`
	Resource string `json:"resource"`           // the audience
	Identity string `json:"identity,omitempty"` // client id, object id or resource id where there are several
}

// Token is an Entra token with its claims in clear.
type Token struct {
	AccessToken string          `json:"accessToken"`
	ExpiresOn   time.Time       `json:"expiresOn"`
	ClientID    string          `json:"clientId"`
	Claims      json.RawMessage `json:"claims"`
}

// SessionRequest asks for AWS credentials of the operator role, or of the root of an account ("root@ACCOUNT").
type SessionRequest struct {
	As string `json:"as"`
}

// Session is AWS credentials, in the words of credential_process.
type Session struct {
	Version         int       `json:"Version"` // always 1
	AccessKeyID     string    `json:"AccessKeyId"`
	SecretAccessKey string    `json:"SecretAccessKey"` //nolint:gosec // the field's name on the wire
	SessionToken    string    `json:"SessionToken"`
	Expiration      time.Time `json:"Expiration"`
	AccountID       string    `json:"AccountId"`
	ARN             string    `json:"Arn"`
}

// CanRequest asks ahead whether something would be allowed. With Principal empty it asks who could.
type CanRequest struct {
	Principal string `json:"principal,omitempty"` // resource or identity id or name, object id, role ARN
	Action    string `json:"action"`              // Azure data action or action; service:Action for AWS
	Resource  string `json:"resource"`            // scope or ARN
	// Data says whether an Azure action is a data operation; nil leaves that to the built-in roles, which list either.
	Data *bool `json:"data,omitempty"`
	// SubOperation and Attributes are what conditions of Azure may ask of the request, such as Blob.List and
	// "@Request[Microsoft.Storage/…/blobs:prefix]=photos/". What a scope tells of account, container and blob need not be said.
	SubOperation string   `json:"subOperation,omitempty"`
	Attributes   []string `json:"attributes,omitempty"` // KEY=VALUE
}

// WhoCanResult lists the principals that would be allowed, with the rule that allows each.
type WhoCanResult struct {
	Allowed   []Allowed `json:"allowed"`
	Truncated bool      `json:"truncated,omitempty"` // there are more
}

// Allowed is one principal and why.
type Allowed struct {
	Principal string          `json:"principal"`
	Display   string          `json:"display"`
	Decision  reason.Decision `json:"decision"`
}

// VerifyResult says whether the ledger's hash chain holds.
type VerifyResult struct {
	Records int64  `json:"records"`
	Intact  bool   `json:"intact"`
	Break   string `json:"break,omitempty"` // where it does not
}

// Key is a signing key without its private part.
type Key struct {
	ID        string    `json:"kid"`
	Algorithm string    `json:"alg"`
	State     string    `json:"state"` // next, current, retired
	Since     time.Time `json:"since"`
	Until     time.Time `json:"until,omitzero"`
}

// RotateRequest asks for new signing keys.
type RotateRequest struct {
	Now bool `json:"now,omitempty"` // use them at once instead of after they have been published for a day
}

// RevokeRequest ends the credentials that a principal, role or account was given so far.
type RevokeRequest struct {
	Principal string `json:"principal"` // identity or resource id or name, role ARN, account id
}

// Finding is one line of the doctor.
type Finding struct {
	Check  string `json:"check"`
	State  string `json:"state"` // ok, warn, fail
	Detail string `json:"detail"`
	Fix    string `json:"fix,omitempty"` // the command or setting that mends it
}

// Record is what the audit keeps under a request id.
type Record = audit.Record

// Error is the body of every refusal, under the key "error".
type Error struct {
	Reason    string `json:"reason"`         // stable dotted word
	Message   string `json:"message"`        // for people
	RequestID string `json:"requestId"`      // what "lanyard explain" takes
	Next      string `json:"next,omitempty"` // the command that helps, where one does
}

// RecordPath is the path of the things of a kind that have a name. The name is a parameter and no part of the path: it may
// be an id, an ARN or a URL, with slashes at its ends and side by side, and a path has no empty segments.
func RecordPath(kind, name string) string {
	return PathRecords + url.PathEscape(kind) + "/named?" + url.Values{"name": {name}}.Encode()
}
