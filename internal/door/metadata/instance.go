package metadata

import (
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/web"
)

// Headers of the instance metadata service (EC2 User Guide, "Use the Instance Metadata Service").
const (
	hostTokenHeader = "X-Aws-Ec2-Metadata-Token"             //nolint:gosec // a header's name
	hostLifeHeader  = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds" //nolint:gosec // a header's name
)

// maxHostLife is the longest life of a token in seconds: six hours.
const maxHostLife = 21600

// instanceToken makes the token that each read needs. The life is told in a header too: Go's client wants it there.
func instanceToken(c *host, w http.ResponseWriter) error {
	if err := c.isInstance(); err != nil {
		return err
	}
	said := c.r.Header.Values(hostLifeHeader)
	if len(said) != 1 {
		return badHostLife()
	}
	life, err := strconv.ParseUint(said[0], 10, 16)
	if err != nil || life < 1 || life > maxHostLife || said[0] != strconv.FormatUint(life, 10) {
		return badHostLife()
	}
	token, err := c.d.Mint.HostToken(c.v, c.proof, time.Duration(life)*time.Second) //nolint:gosec // at most six hours
	if err != nil {
		return err
	}
	w.Header().Set(hostLifeHeader, said[0])
	return plain(w, token.Reveal())
}

func badHostLife() error {
	return fault.New(fault.Invalid, HostTokenLife, "The header %s is required, once: 1 to %d seconds.", hostLifeHeader, maxHostLife)
}

// isInstance refuses workloads that are none: a function and a task have no instance metadata.
func (c *host) isInstance() error {
	if w := c.workload.AWS; w == nil || w.Kind != "ec2:instance" {
		return fault.New(fault.NotFound, NotAnInstance, "%s is no EC2 instance and has no instance metadata.", c.workload.Name())
	}
	return nil
}

// reading makes a handler of a read of instance metadata: by an instance, with its own token.
func (d AWS) reading(read func(*host, http.ResponseWriter) error) web.Handler {
	return d.admit(inPath, func(c *host, w http.ResponseWriter) error {
		token := c.r.Header.Values(hostTokenHeader)
		if len(token) != 1 || !d.Mint.HostTokenHolds(c.v, c.proof, token[0]) {
			return fault.New(fault.Unauthenticated, NoHostToken, "The header %s must hold a valid token, once.", hostTokenHeader)
		}
		if err := c.isInstance(); err != nil {
			return err
		}
		return read(c, w)
	})
}

// instanceRole gives the name of the role, which clients ask for its credentials by.
func instanceRole(c *host, w http.ResponseWriter) error {
	role, err := c.bound()
	if err != nil {
		return err
	}
	return plain(w, role.Name)
}

// instanceCredentials is the answer with credentials.
type instanceCredentialsReply struct {
	Code            string `json:"Code"`
	LastUpdated     string `json:"LastUpdated"`
	Type            string `json:"Type"`
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string `json:"SecretAccessKey"` //nolint:gosec // the field's name on the wire
	Token           string `json:"Token"`
	Expiration      string `json:"Expiration"`
}

// instanceCredentials gives the credentials of the role that the path names, which must be the instance's own.
func instanceCredentials(c *host, w http.ResponseWriter) error {
	role, err := c.bound()
	if err != nil {
		return err
	}
	if web.Param(c.r, "role") != role.Name {
		return nothing()
	}
	s, err := c.credentials(role)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, instanceCredentialsReply{
		Code: "Success", LastUpdated: s.Issued.UTC().Format(time.RFC3339), Type: "AWS-HMAC", AccessKeyID: s.KeyID,
		SecretAccessKey: s.Secret.Reveal(), Token: s.Token.Reveal(), Expiration: s.Expires.UTC().Format(time.RFC3339),
	})
}

// identityDocument says which instance it is. It is not signed: who relies on it asks this door.
type identityDocument struct {
	AccountID        string `json:"accountId"`
	AvailabilityZone string `json:"availabilityZone"`
	InstanceID       string `json:"instanceId"`
	Region           string `json:"region"`
	Version          string `json:"version"`
}

func instanceDocument(c *host, w http.ResponseWriter) error {
	return web.WriteJSON(w, http.StatusOK, identityDocument{
		AccountID: c.workload.AWS.ARN.Account().String(), AvailabilityZone: c.zone(), InstanceID: c.workload.AWS.Name(),
		Region: c.workload.AWS.ARN.Region(), Version: "2017-09-30",
	})
}

// zone is the one zone that each region has here.
func (c *host) zone() string { return c.workload.AWS.ARN.Region() + "a" }

func instanceZone(c *host, w http.ResponseWriter) error { return plain(w, c.zone()) }

func instanceRegion(c *host, w http.ResponseWriter) error {
	return plain(w, c.workload.AWS.ARN.Region())
}

func instanceID(c *host, w http.ResponseWriter) error { return plain(w, c.workload.AWS.Name()) }

// notThere answers for metadata that an instance does not have here.
func notThere(*host, http.ResponseWriter) error { return nothing() }

func nothing() error {
	return fault.New(fault.NotFound, web.NoRoute, "There is nothing under this path.")
}

// plain writes a text as the instance metadata service does: without a line end.
func plain(w http.ResponseWriter, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := io.WriteString(w, text)
	return err
}
