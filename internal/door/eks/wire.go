package eks

import (
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-id/lanyard/internal/directory/pods"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/federation"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// summary is an association in a list.
type summary struct {
	Cluster        string `json:"clusterName"`
	Namespace      string `json:"namespace"`
	ServiceAccount string `json:"serviceAccount"`
	ARN            string `json:"associationArn"`
	ID             string `json:"associationId"`
}

func summaryOf(c *view.Cluster, a *view.PodAssociation) summary {
	return summary{c.Name(), a.Namespace, a.ServiceAccount, a.ARN.String(), a.ID()}
}

// listed is a page of associations.
type listed struct {
	Associations []summary `json:"associations"`
	Next         *string   `json:"nextToken"`
}

// shown is an association.
type shown struct {
	summary
	Role     string    `json:"roleArn"` // empty if it was deleted
	Tags     view.Tags `json:"tags"`
	Created  int64     `json:"createdAt"` // seconds
	Modified int64     `json:"modifiedAt"`
	NoTags   bool      `json:"disableSessionTags"`
}

func (c *call) show(a *view.PodAssociation) map[string]shown {
	out := shown{
		summary: summaryOf(c.cluster, a), Tags: a.Tags, Created: a.Created.Unix(), Modified: a.Created.Unix(), NoTags: a.NoTags,
	}
	if out.Tags == nil {
		out.Tags = view.Tags{}
	}
	if !a.Modified.IsZero() {
		out.Modified = a.Modified.Unix()
	}
	if role, ok := c.v.RoleByID(a.Role); ok {
		out.Role = role.ARN.String()
	}
	return map[string]shown{"association": out}
}

// wanted is what a request wants of an association.
type wanted struct {
	spec   pods.Spec
	role   name.ARN
	noTags *bool
}

// decodeWanted reads a body strictly: what is not offered is refused and never passed over.
func decodeWanted(body []byte) (in wanted, err error) {
	object, err := strictjson.Parse(body, strictjson.Limits{})
	if err != nil {
		return in, badRequest("The body is no JSON object.")
	}
	for member, v := range object.All() {
		text, fits := v.Text()
		switch member {
		case "namespace":
			in.spec.Namespace = text
		case "serviceAccount":
			in.spec.ServiceAccount = text
		case "clientRequestToken":
			in.spec.Token = text
		case "roleArn":
			if in.role, err = name.ParseARN(text); err != nil || in.role.Service() != "iam" || !strings.HasPrefix(in.role.Resource(), "role/") {
				fits = false
			}
		case "disableSessionTags":
			var no bool
			no, fits = v.Bool()
			in.noTags = &no
		case "tags":
			in.spec.Tags, fits = tagsOf(v)
		case "targetRoleArn", "policy":
			return in, fault.New(fault.Unsupported, NotOffered, "%s is not offered: pods get the association's role itself.", member)
		default:
			return in, badRequest("The body has a member that this operation does not read.")
		}
		if !fits {
			return in, badRequest("The member " + member + " has another form.")
		}
	}
	return in, nil
}

func tagsOf(v strictjson.Value) (view.Tags, bool) {
	object, ok := v.Object()
	if !ok {
		return nil, false
	}
	tags := view.Tags{}
	for key, value := range object.All() {
		if tags[key], ok = value.Text(); !ok {
			return nil, false
		}
	}
	return tags, true
}

// list is what a request for a list asks for.
type list struct {
	namespace, account, after string
	most                      int
}

// decodeList reads the query of a list.
func decodeList(query string) (in list, err error) {
	in.most = 100
	q, err := web.ParseQuery(query, web.QueryRules{})
	if err != nil {
		return in, err
	}
	for _, p := range q.Pairs() {
		value := p.Value
		switch p.Name {
		case "namespace":
			in.namespace = value
		case "serviceAccount":
			in.account = value
		case "nextToken":
			if in.after = value; !ids.MatchString(value) {
				return in, badRequest("The nextToken is none.")
			}
		case "maxResults":
			if in.most, err = strconv.Atoi(value); err != nil || in.most < 1 || in.most > 100 {
				return in, badRequest("maxResults is 1 to 100.")
			}
		default:
			return in, badRequest("There is no such parameter.")
		}
	}
	return in, nil
}

// assumed is what EKS Auth answers with (EKS Auth API, AssumeRoleForPodIdentity).
type assumed struct {
	Subject struct {
		Namespace      string `json:"namespace"`
		ServiceAccount string `json:"serviceAccount"`
	} `json:"subject"`
	Audience    string `json:"audience"`
	Association struct {
		ARN string `json:"associationArn"`
		ID  string `json:"associationId"`
	} `json:"podIdentityAssociation"`
	Role struct {
		ARN string `json:"arn"`
		ID  string `json:"assumeRoleId"`
	} `json:"assumedRoleUser"`
	Credentials struct {
		Token   string `json:"sessionToken"`
		Secret  string `json:"secretAccessKey"` //nolint:gosec // the field's name on the wire
		KeyID   string `json:"accessKeyId"`
		Expires int64  `json:"expiration"`
	} `json:"credentials"`
}

// assumeRole gives whoever may ask for the pods of the cluster the credentials of the pod that a token is of.
func assumeRole(c *call) (any, error) {
	token, err := decodeToken(c.body)
	if err != nil {
		return nil, err
	}
	var tags view.Tags
	if c.cluster != nil {
		tags = c.cluster.Tags
	}
	if err := c.permit(c.arn, tags, nil); err != nil {
		return nil, err
	}
	got, err := c.d.assume(c.r, c.v, c.cluster, token)
	if err != nil {
		return nil, err
	}
	return answerOf(got), nil
}

func answerOf(got granted) assumed {
	var out assumed
	out.Subject.Namespace, out.Subject.ServiceAccount = got.association.Namespace, got.association.ServiceAccount
	out.Audience = audience
	out.Association.ARN, out.Association.ID = got.association.ARN.String(), got.association.ID()
	out.Role.ARN, out.Role.ID = got.session.ARN(got.role).String(), got.session.UserID()
	c := &out.Credentials
	c.Token, c.Secret, c.KeyID = got.session.Token.Reveal(), got.session.Secret.Reveal(), got.session.KeyID
	c.Expires = got.session.Expires.Truncate(time.Second).Unix()
	return out
}

// decodeToken reads the body of the one operation of EKS Auth.
func decodeToken(body []byte) (string, error) {
	object, err := strictjson.Parse(body, strictjson.Limits{})
	if err != nil || object.Len() != 1 {
		return "", badRequest(`The body must be {"token": TOKEN}.`)
	}
	v, _ := object.Get("token")
	token, ok := v.Text()
	if !ok || token == "" || len(token) > federation.MaxAssertion {
		return "", badRequest(`The body must be {"token": TOKEN}.`)
	}
	return token, nil
}
