package preset

// listed are the other shared issuers for which AWS demands a condition (IAM User Guide, "Identity-provider controls for
// shared OIDC providers"). In what form each names its customers is not known here, so any literal beginning will do.
func listed() []Preset {
	subject := func(name string, hosts ...string) Preset { return shared(name, "", hosts...) }
	audience := func(name, host string) Preset { return shared(name, "aud", host) }
	return []Preset{
		subject("github-vstoken", "vstoken.actions.githubusercontent.com"),
		subject("github-audit-log", "oidc-configuration.audit-log.githubusercontent.com"),
		subject("codefresh", "oidc.codefresh.io"),
		subject("dvc-studio", "studio.datachain.ai/api"),
		subject("scalr", "scalr.io"),
		subject("shisho-cloud", "tokens.cloud.shisho.dev"),
		subject("upbound", "proidc.upbound.io"),
		subject("turbonomic",
			"rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7",
			"rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr",
			"rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg",
			"rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26",
			"oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb",
			"oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu"),
		audience("pulumi", "api.pulumi.com/oidc"),
		audience("sandboxes-cloud", "sandboxes.cloud"),
		audience("vercel", "oidc.vercel.com"),
		audience("cognito", "cognito-identity.amazonaws.com"),
		shared("azure-sentinel", "sts:RoleSessionName", "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d"),
	}
}

func shared(name, tells string, hosts ...string) Preset {
	p := Preset{Name: name, Shared: true, Tells: tells}
	for _, h := range hosts {
		p.Issuers = append(p.Issuers, "https://"+h)
	}
	return p
}
