package manifest

// Label implements Spec.
func (s *Issuer) Label() string {
	if s.URL.IsZero() {
		return s.Preset.Raw
	}
	return s.URL.Raw
}

func (s *Issuer) read(f *fields) {
	s.URL, s.Preset, s.Keys, s.CA = f.text("url"), f.text("preset"), f.json("keys"), f.text("ca")
	s.Private, s.AllowHTTPLoopback = f.boolean("private"), f.boolean("allowHTTPLoopback")
	s.Shared, s.OneUse, s.Disabled = f.boolean("shared"), f.boolean("oneUseJTI"), f.boolean("disabled")
	if s.URL.IsZero() && s.Preset.IsZero() {
		f.fail(refuse(f.at, Missing, `%s needs the key "url", or a "preset" that knows it`, f.what))
	}
}
