package view

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/name"
)

// Installation is the one record about the house itself.
type Installation struct {
	StoreID      name.GUID         `json:"storeId"`      // names the key-encryption key's file; never changes
	Incarnation  string            `json:"incarnation"`  // random; a restore changes it, and with it ends every older token
	Store        string            `json:"store"`        // incarnation of the store that this was written in: another one was restored
	Held         bool              `json:"held"`         // after a restore: nothing is issued until an operator confirms
	Region       string            `json:"region"`       // the AWS region that settings name; any is accepted in signatures
	URLs         map[string]string `json:"urls"`         // public base URLs by door: entra, sts, s3, blob, metadata, ...
	Tenant       name.GUID         `json:"tenant"`       // default tenant
	Subscription name.GUID         `json:"subscription"` // default subscription
	Account      name.AccountID    `json:"account"`      // default AWS account
	Created      time.Time         `json:"created"`
	Rev          int64             `json:"-"`
}

// IssuerAWS is the issuer of the tokens that principals of an account get for others than this house. It is empty until the
// Entra door's URL is known.
func (i *Installation) IssuerAWS(account name.AccountID) string {
	if base := i.issuersOfAccounts(); base != "" {
		return base + account.String()
	}
	return ""
}

// IsIssuerAWS tells whether an issuer is of the form that IssuerAWS gives, of whatever account.
func (i *Installation) IsIssuerAWS(issuer string) bool {
	base := i.issuersOfAccounts()
	return base != "" && len(issuer) >= len(base) && strings.EqualFold(issuer[:len(base)], base)
}

func (i *Installation) issuersOfAccounts() string {
	if base := strings.TrimSuffix(i.URLs["entra"], "/"); base != "" {
		return base + "/aws/"
	}
	return ""
}

// SAMLSignIn is the address that SAML responses for this house name as their recipient and audience. It is empty until the STS
// door's URL is known. Nothing answers there: responses come to AssumeRoleWithSAML.
func (i *Installation) SAMLSignIn() string {
	if base := strings.TrimSuffix(i.URLs["sts"], "/"); base != "" {
		return base + "/saml"
	}
	return ""
}

// IssuerV1 is the issuer of a tenant's tokens of version 1.0, with its trailing slash. It is empty until the Entra door's
// URL is known.
func (i *Installation) IssuerV1(tenant name.GUID) string { return i.issuer(tenant, "/") }

// IssuerV2 is the issuer of a tenant's tokens of version 2.0.
func (i *Installation) IssuerV2(tenant name.GUID) string { return i.issuer(tenant, "/v2.0") }

func (i *Installation) issuer(tenant name.GUID, end string) string {
	base := strings.TrimSuffix(i.URLs["entra"], "/")
	if base == "" {
		return ""
	}
	return base + "/" + tenant.String() + end
}

// Tenant is an Entra tenant: the issuer of its identities' tokens.
type Tenant struct {
	ID      name.GUID `json:"id"`
	Name    string    `json:"name"` // unique; what operator@NAME says
	Created time.Time `json:"created"`
	Rev     int64     `json:"-"`
}

// Principal is a hidden service principal: what a token is about and what a role is granted to.
type Principal struct {
	ObjectID  name.GUID `json:"objectId"` // principalId: never used again, so a new thing of an old name inherits nothing
	ClientID  name.GUID `json:"clientId"`
	Tenant    name.GUID `json:"tenant"`
	RevokedAt int64     `json:"revokedAt,omitempty"` // tokens minted from an older revision are dead
}

// Operator is the principal of whoever operates one tenant. Its rights are ordinary role assignments.
type Operator struct {
	Principal
	Rev int64 `json:"-"`
}

// WorkloadRule says which proof makes a caller of the metadata door which workload. A launch rule holds the hash of a
// random header secret that the launcher gave to one child process.
type WorkloadRule struct {
	ID          name.GUID       `json:"id"`
	SecretHash  string          `json:"secretHash"`         // hex SHA-256 of the header secret; the secret itself is not kept
	Resource    name.ResourceID `json:"resource,omitzero"`  // the workload, or
	ARN         name.ARN        `json:"arn,omitzero"`       // the workload in AWS's words, or
	ResourceUID name.GUID       `json:"resourceUid"`        // the workload's incarnation: a new one of that name is another
	Operator    name.GUID       `json:"operator,omitzero"`  // the operator principal's object id
	Launcher    string          `json:"launcher,omitempty"` // who asked for it, e.g. "uid 1000"
	Expires     time.Time       `json:"expires"`            // renewed by the launcher while its child lives
	Rev         int64           `json:"-"`
}

// Tombstone fences a subtree that is being deleted: from its commit on nothing below Scope exists, whatever the sweep
// has still to remove.
type Tombstone struct {
	Scope name.Scope `json:"scope"`
	Began time.Time  `json:"began"`
	Rev   int64      `json:"-"`
}

// Tags are the free-form labels of both clouds.
type Tags = map[string]string

// Raw is JSON that Lanyard keeps without reading it.
type Raw = json.RawMessage
