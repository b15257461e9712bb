package eks

import (
	"net/http"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/attest/resolve"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/azwire"
	"github.com/lanyard-id/lanyard/internal/directory/pods"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Agent is the endpoint that pods ask themselves, by AWS_CONTAINER_CREDENTIALS_FULL_URI and their service account's token in
// AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE. Its path names the cluster, because on this machine there may be several.
type Agent struct {
	Pods
	View func() *view.View
}

// Mount makes the door. cfg brings the house's part: ids, clock, log, witness.
func (d Agent) Mount(cfg web.Config) (*web.Door, error) {
	rows := tokenRows(awswire.Entry{Status: http.StatusUnauthorized, Code: "Unauthorized", Message: badToken, Fixed: true})
	rows[federation.Expired] = awswire.Entry{Status: http.StatusUnauthorized, Code: "Unauthorized", Message: oldToken, Fixed: true}
	cfg.Name, cfg.Dialect = "eks-agent", agentDialect{awswire.CredentialErrors(rows)}
	cfg.IDHeaders = []string{"x-amzn-RequestId"}
	return web.New(cfg, []web.Route{{
		Method: http.MethodGet, Pattern: "/clusters/{account}/{cluster}/v1/credentials", Name: "PodCredentials",
		Permission: "a service account's token of the cluster",
		Doc:        "credentials of a pod's role by AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
		Handler:    d.credentials,
	}})
}

// podCredentials are what the endpoint answers with.
type podCredentials struct {
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string `json:"SecretAccessKey"` //nolint:gosec // the field's name on the wire
	Token           string `json:"Token"`
	AccountID       string `json:"AccountId"`
	Expiration      string `json:"Expiration"`
}

// credentials gives a pod the credentials of its role. Without exactly one token nothing is looked at.
func (d Agent) credentials(w http.ResponseWriter, r *http.Request) error {
	v := d.View()
	if header := web.Forwarded(r); header != "" {
		return fault.New(fault.Denied, azwire.ReasonMetadataForwarded, "Forwarded requests are not answered: the header %.64s is there.", header)
	}
	tokens := r.Header.Values("Authorization")
	if len(tokens) != 1 || strings.TrimSpace(tokens[0]) == "" {
		return fault.New(fault.Unauthenticated, resolve.NoProof, "The request carries no service account's token.")
	}
	got, err := d.assume(r, v, d.cluster(r, v), strings.TrimSpace(tokens[0]))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return web.WriteJSON(w, http.StatusOK, podCredentials{
		AccessKeyID: got.session.KeyID, SecretAccessKey: got.session.Secret.Reveal(), Token: got.session.Token.Reveal(),
		AccountID: got.session.Account.String(), Expiration: got.session.Expires.UTC().Format(time.RFC3339),
	})
}

// cluster finds the cluster that the path names; nil if there is none.
func (d Agent) cluster(r *http.Request, v *view.View) *view.Cluster {
	account, err := name.ParseAccountID(web.Param(r, "account"))
	if err != nil {
		return nil
	}
	arn, err := pods.ClusterARN(v, account, web.Param(r, "cluster"))
	if err != nil {
		return nil
	}
	c, _ := v.Cluster(arn)
	return c
}

// agentDialect writes refusals as a container endpoint does.
type agentDialect struct{ errors *awswire.ErrorTable }

// WriteError writes the refusal.
func (d agentDialect) WriteError(w http.ResponseWriter, _ *http.Request, f *fault.Fault, requestID string) {
	failure := d.errors.Failure(f)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(failure.Status)
	_, _ = w.Write(awswire.CredentialError(requestID, failure)) // a caller who has gone reads nothing
}

// Code is the error word for the record.
func (d agentDialect) Code(f *fault.Fault) string { return d.errors.Failure(f).Code }
