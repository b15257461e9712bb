package manifest

import "go.yaml.in/yaml/v3"

// Label implements Spec.
func (s *Account) Label() string { return s.Name.Raw }

func (s *Account) read(f *fields) {
	s.Name = f.required("name")
	s.KeyDays = f.number("accessKeyDays")
	s.ServiceControl = f.documents(f.node("serviceControlPolicies"), "the mapping serviceControlPolicies")
	s.ResourceControl = f.documents(f.node("resourceControlPolicies"), "the mapping resourceControlPolicies")
}

// Label implements Spec.
func (s *OIDCProvider) Label() string { return s.URL.Raw }

func (s *OIDCProvider) read(f *fields) {
	s.URL, s.ClientIDs, s.AudienceClaim = f.required("url"), f.texts("clientIds"), f.text("audienceClaim")
	s.Thumbprints, s.Tags = f.texts("thumbprints"), f.tags()
}

// Label implements Spec.
func (s *SAMLProvider) Label() string { return s.Name.Raw }

func (s *SAMLProvider) read(f *fields) {
	s.Name, s.Metadata, s.AWSNames, s.Tags = f.required("name"), f.required("metadata"), f.boolean("awsNames"), f.tags()
}

// Label implements Spec.
func (s *Bucket) Label() string { return s.Name.Raw }

func (s *Bucket) read(f *fields) { s.Name, s.Policy = f.required("name"), f.json("policy") }

// Label implements Spec.
func (s *Role) Label() string { return s.Name.Raw }

func (s *Role) read(f *fields) {
	s.Name, s.Path, s.Description = f.required("name"), f.text("path"), f.text("description")
	if s.Trust = f.json("trust"); s.Trust.IsZero() {
		f.missing("trust")
	}
	s.ManagedPolicies, s.Boundary = f.texts("managedPolicies"), f.text("boundary")
	s.MaxSessionDuration, s.MaxLifetime = f.seconds("maxSessionDuration"), f.seconds("maxLifetime")
	s.Tags = f.tags()
	s.Policies = f.documents(f.node("policies"), "the mapping policies")
}

// documents reads a mapping from the names of policies to their documents; nil if it is not there.
func (f *fields) documents(n *yaml.Node, what string) []NamedDocument {
	if n == nil {
		return nil
	}
	var list []NamedDocument
	f.mapping(n, what, func(inner *fields) {
		for i := 0; i < len(n.Content); i += 2 {
			key := n.Content[i]
			list = append(list, NamedDocument{Name: inner.textOf(key, "the name of a policy"), Document: inner.json(key.Value)})
		}
	})
	return list
}

// Label implements Spec.
func (s *Policy) Label() string { return s.Name.Raw }

func (s *Policy) read(f *fields) {
	s.Name, s.Path, s.Description = f.required("name"), f.text("path"), f.text("description")
	s.Document, s.Tags = f.json("document"), f.tags()
	if s.Document.IsZero() {
		f.missing("document")
	}
}

// Label implements Spec.
func (s *AWSResource) Label() string {
	if s.ARN.IsZero() {
		return s.KindOf.Raw + " " + s.Name.Raw
	}
	return s.ARN.Raw
}

func (s *AWSResource) read(f *fields) {
	s.ARN, s.KindOf, s.Name, s.Role, s.Tags = f.text("arn"), f.text("kindOf"), f.text("name"), f.text("role"), f.tags()
	byName := !s.KindOf.IsZero() && !s.Name.IsZero()
	if s.ARN.IsZero() != byName || !s.ARN.IsZero() && (!s.KindOf.IsZero() || !s.Name.IsZero()) {
		f.fail(refuse(f.at, Missing, `%s needs either "arn", or "kindOf" and "name"`, f.what))
	}
}

// Label implements Spec.
func (s *EKSCluster) Label() string { return s.Name.Raw }

func (s *EKSCluster) read(f *fields) {
	s.Name, s.Issuer, s.Tags = f.required("name"), f.required("issuer"), f.tags()
	f.each("podIdentityAssociations", func(n *yaml.Node) {
		f.mapping(n, "a pod identity association", func(inner *fields) {
			s.Associations = append(s.Associations, PodAssociation{
				At: inner.at, Namespace: inner.required("namespace"), ServiceAccount: inner.required("serviceAccount"),
				Role: inner.required("role"), NoTags: inner.boolean("disableSessionTags"),
			})
		})
	})
	s.Whole = f.nodes["podIdentityAssociations"] != nil
}
