package operator

import (
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/rbac"
	"github.com/lanyard-id/lanyard/internal/view"
)

// QuestionUnsupported means that the question cannot be answered ahead of a request: an identity was asked about an
// action of the other cloud, or the answer hangs on a token that does not exist yet.
const QuestionUnsupported fault.Reason = "operator.question_unsupported"

// maxAnswers bounds the principals that who-can lists.
const maxAnswers = 1000

// question is what was asked ahead, read: in Azure's words or in AWS's.
type question struct {
	action string
	scope  name.Scope // Azure
	data   bool       // Azure
	sub    string     // Azure; what conditions may ask, and have
	have   rbac.Attributes
	arn    string // AWS; * for an action that is about none
}

func (q question) azure() bool { return !q.scope.IsZero() }

// can answers whether a principal would be let do something, by the same functions that decide at the doors.
func can(d Door, c *call) (any, error) {
	var req opwire.CanRequest
	if err := c.body(&req); err != nil {
		return nil, err
	}
	q, err := readQuestion(c.v, req)
	if err != nil {
		return nil, err
	}
	p, err := findPrincipal(c.v, req.Principal)
	if err != nil {
		return nil, err
	}
	c.event.Record.Resource = req.Resource
	switch {
	case q.azure() && p.azure():
		ask := d.azureAhead(q)
		ask.Principal = p.owner.Principal()
		return access.Azure(c.v, ask), nil
	case !q.azure() && p.aws():
		return access.AWSAhead(c.v, d.aheadOf(p, q)), nil
	case q.azure():
		return nil, unsupported("%s acts in AWS accounts and holds no Azure role. Ask about the identity.", p.full)
	}
	return nil, unsupported("%s acts in AWS through a role. Ask about the role's ARN, or about root@ACCOUNT.", p.full)
}

// azureAhead is the question as it would come to a door now.
func (d Door) azureAhead(q question) access.AzureRequest {
	return access.AzureRequest{
		Action: q.action, Data: q.data, Scope: q.scope, SubOperation: q.sub, Attributes: q.have, Now: d.Now(),
	}
}

func (d Door) aheadOf(p principal, q question) access.AheadRequest {
	req := access.AheadRequest{Role: p.role, User: p.user, Action: q.action, Resource: q.arn, Now: d.Now()}
	if p.account != nil {
		req.Account = p.account.ID
	}
	return req
}

// whoCan lists who would be let do something.
func whoCan(d Door, c *call) (any, error) {
	var req opwire.CanRequest
	if err := c.body(&req); err != nil {
		return nil, err
	}
	if req.Principal != "" {
		return nil, badRequest("Who can is asked without a principal.")
	}
	q, err := readQuestion(c.v, req)
	if err != nil {
		return nil, err
	}
	c.event.Record.Resource = req.Resource
	var answers []access.Answer
	out := opwire.WhoCanResult{Allowed: []opwire.Allowed{}}
	if q.azure() {
		answers, out.Truncated = access.WhoAzure(c.v, d.azureAhead(q), maxAnswers)
	} else {
		answers, out.Truncated = access.WhoAWS(c.v, d.aheadOf(principal{}, q), maxAnswers)
	}
	for _, a := range answers {
		out.Allowed = append(out.Allowed, opwire.Allowed(a))
	}
	return out, nil
}

// readQuestion tells the clouds apart by the action: Provider.Name/type/verb is Azure's, service:Action is AWS's.
func readQuestion(v *view.View, req opwire.CanRequest) (question, error) {
	q := question{action: req.Action}
	if len(q.action) > rbac.MaxOperation || !printable(q.action) || strings.Contains(q.action, "*") {
		return q, badRequest("Ask about one action, without *.")
	}
	service, verb, aws := strings.Cut(q.action, ":")
	switch {
	case aws && (req.SubOperation != "" || len(req.Attributes) > 0):
		return q, unsupported("Only conditions of Azure are asked with attributes and sub-operations.")
	case aws && service != "" && verb != "" && !strings.ContainsAny(q.action, "/ "):
		if strings.EqualFold(service, "sts") && !strings.EqualFold(verb, "GetCallerIdentity") {
			return q, unsupported("Who may assume a role hangs on the token or the session that asks. Try it, and explain the answer.")
		}
		q.arn = req.Resource
		return q, checkARN(v, req.Resource)
	case !aws && strings.Contains(q.action, "/"):
		scope, err := name.ParseScope(req.Resource)
		if err != nil {
			return q, badRequest("An Azure action is asked about a scope: / or /subscriptions/ID and what lies below.")
		}
		if err := checkScope(v, scope); err != nil {
			return q, err
		}
		q.scope = scope
		if q.data = access.DataOperation(v, q.action); req.Data != nil {
			q.data = *req.Data
		}
		return q, q.readFacts(req)
	}
	return q, badRequest("The action is neither Azure's (Microsoft.Storage/storageAccounts/read) nor AWS's (s3:GetObject).")
}

// maxFacts bounds the attributes of a question.
const maxFacts = 32

// readFacts reads what conditions may ask of the request. An attribute that no door ever sets is refused: the answer would
// be about a request that nobody can make. What the scope of a data operation tells is said by nobody else.
func (q *question) readFacts(req opwire.CanRequest) error {
	if q.sub = req.SubOperation; q.sub != "" && !strings.EqualFold(q.sub, rbac.BlobList) {
		return badRequest("The one sub-operation that requests have here is %s.", rbac.BlobList)
	}
	if len(req.Attributes) > maxFacts {
		return badRequest("At most %d attributes can be asked with.", maxFacts)
	}
	if q.data {
		q.have = access.BlobFacts(q.scope)
	}
	told := len(q.have)
	for _, said := range req.Attributes {
		key, value, ok := strings.Cut(said, "]=")
		key = strings.ToLower(key + "]")
		if !ok || !slices.Contains(rbac.AttributeKeys(), key) {
			return badRequest("%.80q is no attribute that a request has here. Write KEY=VALUE, where KEY is one of %s.", said, strings.Join(rbac.AttributeNames(), ", "))
		}
		if slices.ContainsFunc(q.have[:told], func(a rbac.Attribute) bool { return a.Key == key }) {
			return badRequest("The resource itself says what %s is.", key)
		}
		q.have = append(q.have, rbac.Attribute{Key: key, Value: value})
	}
	return nil
}

// checkScope refuses what no decision could be about. What lies below a subscription may be made later.
func checkScope(v *view.View, scope name.Scope) error {
	id, ok := scope.Subscription()
	switch {
	case scope.Key() == "/":
		return nil
	case !ok:
		return badRequest("Every scope but / lies in a subscription: write /subscriptions/ID and what lies below.")
	}
	if _, ok := v.Subscription(id); !ok {
		return missing(directory.SubscriptionNotFound, "There is no subscription %s.", id)
	}
	return nil
}

// checkARN refuses what no decision could be about. A bucket that does not exist is a slip of the pen.
func checkARN(v *view.View, text string) error {
	if text == "*" {
		return nil
	}
	arn, err := name.ParseARN(text)
	if err != nil {
		return badRequest("An AWS action is asked about an ARN, such as arn:aws:s3:::BUCKET/KEY, or about *.")
	}
	bucket, _, _ := strings.Cut(arn.Resource(), "/")
	if _, ok := v.Bucket(bucket); arn.Service() == "s3" && !ok {
		return fault.New(fault.NotFound, directory.BucketNotFound, "There is no bucket %q.", bucket)
	}
	return nil
}

func unsupported(format string, args ...any) error {
	return fault.New(fault.Unsupported, QuestionUnsupported, format, args...)
}
