package sts

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lanyard-id/lanyard/internal/access"
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/cond"
	"github.com/lanyard-id/lanyard/internal/credential"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/internal/web/query"
)

// wanted is what every request for a session of a role says of it.
type wanted struct {
	role     name.ARN
	session  string
	duration time.Duration // 0: not named
	limits
}

// limits are the session policies of a request.
type limits struct {
	policies []string   // inline, at most one
	managed  []name.ARN // managed, at most maxManaged
}

// The bounds of session policies (AWS STS, AssumeRole, Policy and PolicyArns): characters of the inline policy and of the
// ARNs together, and managed policies.
const (
	maxPolicy  = iampolicy.MaxSession
	maxManaged = 10
)

func decodeWanted(f awswire.Form) (in wanted, err error) {
	in.session = f.Value("RoleSessionName")
	if in.role, err = decodeARN(f, "RoleArn", "role/"); err != nil {
		return in, err
	}
	if !awswire.IsPlainName(in.session, 64) {
		return in, query.Constraint(in.session, "roleSessionName", `have length 2 to 64 and satisfy regular expression pattern: [\w+=,.@-]*`)
	}
	return in, in.decodeBounds(f)
}

// decodeBounds reads how long the session shall last, and what limits it.
func (in *wanted) decodeBounds(f awswire.Form) (err error) {
	if in.duration, err = decodeDuration(f, 43200); err != nil {
		return err
	}
	in.limits, err = decodeLimits(f)
	return err
}

// decodeARN reads the ARN of something of IAM's in an account.
func decodeARN(f awswire.Form, param, kind string) (name.ARN, error) {
	arn, err := name.ParseARN(f.Value(param))
	if err != nil || arn.Service() != "iam" || !strings.HasPrefix(arn.Resource(), kind) || arn.Account().IsZero() {
		return arn, query.Constraint(f.Value(param), strings.ToLower(param[:1])+param[1:], "satisfy regular expression pattern: arn:aws:iam::[0-9]{12}:"+kind+".+")
	}
	return arn, nil
}

// decodeDuration reads DurationSeconds: 900 to most (AWS STS); what the role allows is checked later.
func decodeDuration(f awswire.Form, most int) (time.Duration, error) {
	text := f.Value("DurationSeconds")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 900 || n > most {
		return 0, query.Constraint(text, "durationSeconds", "have value between 900 and "+strconv.Itoa(most))
	}
	return time.Duration(n) * time.Second, nil
}

// decodeLimits reads the session policies. A policy that is there and empty is malformed: it must not pass for none.
func decodeLimits(f awswire.Form) (in limits, err error) {
	text, has := f.Get("Policy")
	if !has && !f.HasList("PolicyArns") {
		return in, nil
	}
	size := utf8.RuneCountInString(text)
	if size > maxPolicy {
		return in, query.Constraint("...", "policy", "have length less than or equal to 2048")
	}
	if has {
		if _, err := iampolicy.Parse([]byte(text), iampolicy.Session); err != nil {
			return in, err
		}
		var b bytes.Buffer
		if err := json.Compact(&b, []byte(text)); err != nil { // it was parsed: a defect
			return in, err
		}
		in.policies = []string{b.String()}
	}
	arns, err := f.Structs("PolicyArns", maxManaged)
	if err != nil {
		return in, err
	}
	for _, each := range arns {
		arn, err := name.ParseARN(each.Value("arn"))
		if err != nil || arn.Service() != "iam" || !strings.HasPrefix(arn.Resource(), "policy/") || arn.Account().IsZero() {
			return in, query.Constraint(each.Value("arn"), "policyArns", "be the ARN of a managed policy of an account")
		}
		in.managed, size = append(in.managed, arn), size+len(arn.String())
	}
	if size > maxPolicy {
		return in, fault.New(fault.Invalid, credential.SessionTooLarge,
			"The session policies have %d characters together, the limit is %d.", size, maxPolicy)
	}
	return in, nil
}

// settle finds the managed policies among the session policies, which must be of the session's own account. It is asked after
// the decision, so that nobody learns from it what exists.
func (in limits) settle(v *view.View, account name.AccountID) ([]credential.SessionPolicy, error) {
	var found []credential.SessionPolicy
	for _, arn := range in.managed {
		p, ok := v.Policy(arn)
		if !ok || arn.Account() != account {
			return nil, query.Invalid("The policy %s does not exist in the account %s.", arn, account)
		}
		found = append(found, credential.SessionPolicy{ARN: arn, ID: p.UniqueID})
	}
	return found, nil
}

// facts are the condition keys that follow from how the request came.
func (d Door) facts(c *query.Call) *cond.Facts {
	return access.Facts(access.Network{
		Now: d.Now(), Remote: c.Event.Remote(), Secure: c.Request.TLS != nil, UserAgent: c.Request.UserAgent(),
	})
}
