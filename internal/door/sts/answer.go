package sts

import (
	"github.com/lanyard-id/lanyard/internal/awswire"
	"github.com/lanyard-id/lanyard/internal/mint"
	"github.com/lanyard-id/lanyard/internal/view"
)

func writeAssumed(x *awswire.XML, s mint.IssuedSession, role *view.Role) {
	x.Begin("AssumedRoleUser")
	x.Text("AssumedRoleId", s.UserID())
	x.Text("Arn", s.ARN(role).String())
	x.End()
}

func writeCredentials(x *awswire.XML, s mint.IssuedSession) {
	x.Begin("Credentials")
	x.Text("AccessKeyId", s.KeyID)
	x.Text("SecretAccessKey", s.Secret.Reveal())
	x.Text("SessionToken", s.Token.Reveal())
	x.Time("Expiration", s.Expires)
	x.End()
}

// writeExtras writes what only sessions with tags, session policies or a source identity have.
func writeExtras(x *awswire.XML, s mint.IssuedSession) {
	if size := s.PackedSize(s.Token.Reveal()); size > 0 {
		x.Int("PackedPolicySize", int64(size))
	}
	if s.SourceID != "" {
		x.Text("SourceIdentity", s.SourceID)
	}
}
