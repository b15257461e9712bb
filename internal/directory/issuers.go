package directory

import (
	"github.com/lanyard-id/lanyard/internal/directory/trust"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// IssuerSpec is an outside issuer as somebody wants it.
type IssuerSpec = trust.Spec

// PutIssuer registers an outside issuer or changes how it is asked, and gives its URL.
func (e *Edit) PutIssuer(s IssuerSpec) (name.IssuerURL, Outcome, error) {
	i, err := trust.Issuer(e.view, s, e.now)
	if err != nil {
		return s.URL, Unchanged, err
	}
	outcome, err := e.Save(i)
	return i.URL, outcome, err
}

// DeleteIssuer makes an issuer unknown that nothing trusts.
func (e *Edit) DeleteIssuer(url name.IssuerURL) error {
	i, err := trust.Deletable(e.view, url)
	if err != nil {
		return err
	}
	return e.Remove(i)
}

// know makes an issuer known that somebody is about to trust.
func (e *Edit) know(url name.IssuerURL) error {
	i, isNew, err := trust.Known(e.view, url, e.now)
	if err != nil || !isNew {
		return err
	}
	_, err = e.Save(i)
	return err
}

// checkTrusted makes the issuers of the credentials known and says whether the new ones may be trusted so far.
func (e *Edit) checkTrusted(before, after []view.FederatedCredential) error {
	for _, c := range after {
		if err := e.know(c.Issuer); err != nil {
			return err
		}
	}
	return trust.Credentials(e.view, before, after)
}
