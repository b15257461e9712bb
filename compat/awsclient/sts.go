package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// account is where a play of STS takes place. What there is in it is the story's, as python/sts.py says.
type account struct {
	cfg             aws.Config
	id, group, file string
}

// sessions plays with STS: operator|root GROUP ACCOUNT [TOKEN_FILE].
func sessions(ctx context.Context, args []string) error {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRetryMaxAttempts(1))
	if err != nil {
		return err
	}
	a := account{cfg: cfg, group: args[1], id: args[2]}
	if args[0] == "root" {
		return steps(ctx, []step{{"root", a.root}, {"guest", a.guest}})
	}
	a.file = args[3]
	return steps(ctx, []step{
		{"assume", a.assume}, {"chain", a.chain}, {"limits", a.limits}, {"keys", a.keys}, {"decode", a.decode}, {"outbound", a.outbound}, {"web", a.web},
	})
}

func (a account) role(name string) *string {
	return aws.String("arn:aws:iam::" + a.id + ":role/" + a.group + "-" + name)
}

// open is a policy for what lies below "open/".
func (a account) open() *string {
	return aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + a.group + `-files/open/*"}}`)
}

// as is an account as the holder of a session sees it.
func (a account) as(c *types.Credentials) account {
	a.cfg.Credentials = credentials.NewStaticCredentialsProvider(*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken)
	return a
}

func (a account) sts() *sts.Client { return sts.NewFromConfig(a.cfg) }

// asks is who the holder of a session is.
func (a account) asks(ctx context.Context, c *types.Credentials) (string, error) {
	got, err := a.as(c).sts().GetCallerIdentity(ctx, nil)
	if err != nil {
		return "", err
	}
	return *got.Arn, nil
}

// take assumes a role; change says how, beside the role's name.
func (a account) take(ctx context.Context, role string, change func(*sts.AssumeRoleInput)) (*sts.AssumeRoleOutput, error) {
	in := sts.AssumeRoleInput{RoleArn: a.role(role), RoleSessionName: aws.String("one")}
	if change != nil {
		change(&in)
	}
	return a.sts().AssumeRole(ctx, &in)
}

func (a account) refused(ctx context.Context, code, role string, change func(*sts.AssumeRoleInput)) error {
	_, err := a.take(ctx, role, change)
	return refused(code, err)
}

func tagged(in *sts.AssumeRoleInput) {
	in.Tags, in.TransitiveTagKeys = []types.Tag{{Key: aws.String("team"), Value: aws.String("a")}}, []string{"team"}
	in.SourceIdentity = aws.String("ann")
}

func (a account) assume(ctx context.Context) error {
	got, err := a.take(ctx, "first", tagged)
	if err != nil {
		return err
	}
	who, err := a.asks(ctx, got.Credentials)
	return errors.Join(err, same(*got.AssumedRoleUser.Arn, who), same(*got.SourceIdentity, "ann"),
		same(who, "arn:aws:sts::"+a.id+":assumed-role/"+a.group+"-first/one"),
		a.refused(ctx, "AccessDenied", "none", nil),
		a.refused(ctx, "ValidationError", "first", func(in *sts.AssumeRoleInput) { in.DurationSeconds = aws.Int32(43200) }),
		a.refused(ctx, "AccessDenied", "first", func(in *sts.AssumeRoleInput) {
			in.Tags = []types.Tag{{Key: aws.String("grade"), Value: aws.String("high")}}
		}))
}

func (a account) chain(ctx context.Context) error {
	got, err := a.take(ctx, "first", tagged)
	if err != nil {
		return err
	}
	held := a.as(got.Credentials)
	known := func(more func(*sts.AssumeRoleInput)) func(*sts.AssumeRoleInput) {
		return func(in *sts.AssumeRoleInput) {
			in.ExternalId = aws.String("deal")
			more(in)
		}
	}
	_, err = held.take(ctx, "second", known(func(*sts.AssumeRoleInput) {}))
	_, session := held.sts().GetSessionToken(ctx, nil)
	_, guest := held.sts().GetFederationToken(ctx, &sts.GetFederationTokenInput{Name: aws.String("guest"), Policy: a.open()})
	untagged, plain := a.take(ctx, "first", nil)
	if err := errors.Join(err, plain); err != nil {
		return err
	}
	return errors.Join(
		held.refused(ctx, "AccessDenied", "second", nil),
		held.refused(ctx, "AccessDenied", "second", func(in *sts.AssumeRoleInput) { in.ExternalId = aws.String("deals") }),
		held.refused(ctx, "ValidationError", "second", known(func(in *sts.AssumeRoleInput) { in.SourceIdentity = aws.String("bob") })),
		held.refused(ctx, "ValidationError", "second", known(func(in *sts.AssumeRoleInput) {
			in.Tags = []types.Tag{{Key: aws.String("Team"), Value: aws.String("b")}}
		})),
		held.refused(ctx, "ValidationError", "second", known(func(in *sts.AssumeRoleInput) { in.DurationSeconds = aws.Int32(3601) })),
		a.as(untagged.Credentials).refused(ctx, "AccessDenied", "second", known(func(*sts.AssumeRoleInput) {})),
		refused("AccessDenied", session), refused("AccessDenied", guest))
}

// bucket is the account's bucket with the rights of whoever holds it.
func (a account) bucket() store {
	return store{s3.NewFromConfig(a.cfg), aws.String(a.group + "-files")}
}

// readsWhatIsOpen wants a session to read that and no more.
func (a account) readsWhatIsOpen(ctx context.Context, c *types.Credentials) error {
	s := a.as(c).bucket()
	_, closed := s.get(ctx, "closed/x")
	return errors.Join(s.holds(ctx, "open/x", []byte("x")), refused("AccessDenied", closed))
}

func (a account) limits(ctx context.Context) error {
	whole, err := a.take(ctx, "first", nil)
	if err != nil {
		return err
	}
	for _, key := range []string{"open/x", "closed/x"} {
		if err := a.as(whole.Credentials).bucket().put(ctx, key, strings.NewReader("x")); err != nil {
			return err
		}
	}
	for _, limit := range []func(*sts.AssumeRoleInput){
		func(in *sts.AssumeRoleInput) { in.Policy = a.open() },
		func(in *sts.AssumeRoleInput) {
			in.PolicyArns = []types.PolicyDescriptorType{{Arn: aws.String("arn:aws:iam::" + a.id + ":policy/" + a.group + "-open")}}
		},
	} {
		got, err := a.take(ctx, "first", limit)
		if err != nil {
			return err
		}
		if err := errors.Join(same(*got.PackedPolicySize > 0, true), a.readsWhatIsOpen(ctx, got.Credentials)); err != nil {
			return err
		}
	}
	return a.refused(ctx, "MalformedPolicyDocument", "first", func(in *sts.AssumeRoleInput) {
		in.Policy = aws.String(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*"}}`)
	})
}

func (a account) keys(ctx context.Context) error {
	held, err := a.take(ctx, "first", nil)
	if err != nil {
		return err
	}
	got, err := a.sts().GetAccessKeyInfo(ctx, &sts.GetAccessKeyInfoInput{AccessKeyId: held.Credentials.AccessKeyId})
	if err != nil {
		return err
	}
	_, none := a.sts().GetAccessKeyInfo(ctx, &sts.GetAccessKeyInfoInput{AccessKeyId: aws.String("ASIAAAAAAAAAAAAAAAAA")})
	return errors.Join(same(*got.Account, a.id), refused("ValidationError", none))
}

func (a account) decode(ctx context.Context) error {
	held, err := a.take(ctx, "first", nil)
	if err != nil {
		return err
	}
	_, denied := a.as(held.Credentials).take(ctx, "second", nil)
	if err := refused("AccessDenied", denied); err != nil {
		return err
	}
	_, message, _ := strings.Cut(denied.Error(), "failure message: ")
	got, err := a.sts().DecodeAuthorizationMessage(ctx, &sts.DecodeAuthorizationMessageInput{EncodedMessage: &message})
	if err != nil {
		return err
	}
	var told struct {
		Allowed *bool
		Context struct{ Action string }
	}
	if err := json.Unmarshal([]byte(*got.DecodedMessage), &told); err != nil {
		return err
	}
	_, bad := a.sts().DecodeAuthorizationMessage(ctx, &sts.DecodeAuthorizationMessageInput{EncodedMessage: aws.String(strings.Repeat("x", 40))})
	return errors.Join(same(told.Allowed != nil && !*told.Allowed, true), same(told.Context.Action, "sts:AssumeRole"),
		refused("InvalidAuthorizationMessageException", bad))
}

func (a account) outbound(ctx context.Context) error {
	held, err := a.take(ctx, "first", func(in *sts.AssumeRoleInput) { in.DurationSeconds = aws.Int32(900) })
	if err != nil {
		return err
	}
	elsewhere := sts.GetWebIdentityTokenInput{Audience: []string{"https://elsewhere.example"}, SigningAlgorithm: aws.String("RS256"), DurationSeconds: aws.Int32(60)}
	got, err := a.as(held.Credentials).sts().GetWebIdentityToken(ctx, &elsewhere)
	if err != nil {
		return err
	}
	elsewhere.DurationSeconds = aws.Int32(3600)
	_, long := a.as(held.Credentials).sts().GetWebIdentityToken(ctx, &elsewhere)
	_, back := a.present(ctx, "role", *got.WebIdentityToken)
	return errors.Join(refused("InvalidIdentityToken", back), refused("SessionDurationEscalationException", long))
}

// present exchanges a token for a session that is limited to what is open.
func (a account) present(ctx context.Context, role, token string) (*sts.AssumeRoleWithWebIdentityOutput, error) {
	return a.sts().AssumeRoleWithWebIdentity(ctx, &sts.AssumeRoleWithWebIdentityInput{
		RoleArn: a.role(role), RoleSessionName: aws.String("web"), WebIdentityToken: &token, Policy: a.open(),
	})
}

func (a account) web(ctx context.Context) error {
	token, err := os.ReadFile(a.file)
	if err != nil {
		return err
	}
	got, err := a.present(ctx, "role", string(token))
	if err != nil {
		return err
	}
	who, err := a.asks(ctx, got.Credentials)
	_, other := a.present(ctx, "first", string(token))
	_, bad := a.present(ctx, "role", string(token[:len(token)-9])+strings.Repeat("A", 9))
	return errors.Join(err, same(who, "arn:aws:sts::"+a.id+":assumed-role/"+a.group+"-role/web"), same(*got.Audience, "api://"+a.group),
		a.readsWhatIsOpen(ctx, got.Credentials), refused("AccessDenied", other), refused("InvalidIdentityToken", bad))
}

func (a account) root(ctx context.Context) error {
	got, err := a.sts().GetSessionToken(ctx, &sts.GetSessionTokenInput{DurationSeconds: aws.Int32(900)})
	if err != nil {
		return err
	}
	who, err := a.asks(ctx, got.Credentials)
	return errors.Join(err, same(who, "arn:aws:iam::"+a.id+":root"))
}

func (a account) guest(ctx context.Context) error {
	got, err := a.sts().GetFederationToken(ctx, &sts.GetFederationTokenInput{
		Name: aws.String("guest"), Policy: a.open(), DurationSeconds: aws.Int32(900),
	})
	if err != nil {
		return err
	}
	who, err := a.asks(ctx, got.Credentials)
	return errors.Join(err, same(who, *got.FederatedUser.Arn), same(who, "arn:aws:sts::"+a.id+":federated-user/guest"),
		a.readsWhatIsOpen(ctx, got.Credentials), a.as(got.Credentials).refused(ctx, "AccessDenied", "first", nil))
}
