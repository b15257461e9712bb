package iam

import (
	"github.com/lanyard-id/lanyard/internal/directory"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/name"
)

// FeatureOn means that the account's feature is switched on already.
const FeatureOn fault.Reason = "directory.feature_enabled"

// FeatureOff means that the account's feature is not switched on.
const FeatureOff fault.Reason = "directory.feature_disabled"

// SetOutbound switches the account's outbound web identity federation on or off. As it is already is refused, as at AWS.
func SetOutbound(e *directory.Edit, account name.AccountID, on bool) error {
	a, ok := e.View().Account(account)
	switch {
	case !ok:
		return fault.New(fault.NotFound, directory.AccountNotFound, "there is no AWS account %s", account)
	case a.Outbound && on:
		return fault.New(fault.Conflict, FeatureOn, "Outbound web identity federation is already enabled for this account.")
	case !a.Outbound && !on:
		return fault.New(fault.NotFound, FeatureOff, "Outbound web identity federation is not enabled for this account.")
	}
	changed := *a
	changed.Outbound = on
	_, err := e.Save(&changed)
	return err
}

// maxKeyDays is the longest life of an access key that an account may set, in days.
const maxKeyDays = 365

// SetKeyDays says how many days new access keys of the account live; 0 is the usual. Keys that there are keep their end.
func SetKeyDays(e *directory.Edit, account name.AccountID, days int) (directory.Outcome, error) {
	a, ok := e.View().Account(account)
	if !ok {
		return directory.Unchanged, fault.New(fault.NotFound, directory.AccountNotFound, "there is no AWS account %s", account)
	}
	if days < 0 || days > maxKeyDays {
		return directory.Unchanged, refuse(directory.InvalidValue, "an access key lives 1 to %d days, not %d", maxKeyDays, days)
	}
	changed := *a
	changed.KeyDays = days
	return e.Save(&changed)
}

// UpdateProvider changes an OIDC provider: change gets it as it is and leaves it as it shall be. Account and URL stay.
func UpdateProvider(e *directory.Edit, arn name.ARN, change func(*directory.ProviderSpec) error) error {
	p, ok := e.View().OIDCProvider(arn)
	if !ok {
		return fault.New(fault.NotFound, directory.ProviderNotFound, "OpenIDConnect Provider not found for arn %s", arn)
	}
	s := directory.ProviderSpecOf(p)
	if err := change(&s); err != nil {
		return err
	}
	s.Account, s.URL = arn.Account(), p.URL
	_, _, err := e.PutOIDCProvider(s)
	return err
}

// CreateProvider makes an issuer known to an account that does not know it.
func CreateProvider(e *directory.Edit, s directory.ProviderSpec) (name.ARN, error) {
	if p, taken := e.View().ProviderOf(s.Account, s.URL.String()); taken {
		return p.ARN, fault.New(fault.Conflict, directory.Exists, "Provider with url %s already exists.", s.URL)
	}
	arn, _, err := e.PutOIDCProvider(s)
	return arn, err
}
