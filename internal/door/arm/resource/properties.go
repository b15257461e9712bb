package resource

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/lanyard-id/lanyard/internal/door/arm/kit"
	"github.com/lanyard-id/lanyard/internal/fault"
	"github.com/lanyard-id/lanyard/internal/view"
	"github.com/lanyard-id/lanyard/verify/strictjson"
)

// computed are the properties that are made here and not kept, by the type of the resource.
func computed(v *view.View, r *view.Resource) map[string]any {
	own := map[string]any{"provisioningState": "Succeeded"}
	inst := v.Installation()
	switch {
	case r.ID.IsType(view.TypeStorageAccount):
		own["creationTime"] = r.Created.UTC().Format(timeForm)
		own["primaryLocation"] = r.Location
		own["minimumTlsVersion"], own["supportsHttpsTrafficOnly"] = "TLS1_2", true // there is no other way in
		for _, no := range neverOn() {
			own[no] = false
		}
		if base := inst.URLs["blob"]; base != "" {
			own["primaryEndpoints"] = map[string]string{"blob": base + "/" + r.ID.Name() + "/"}
			own["statusOfPrimary"] = "available"
		}
	case r.ID.IsType(view.TypeKeyVault):
		if tenant, ok := v.TenantOf(r.ID.Scope()); ok {
			own["tenantId"] = tenant.String()
		}
		if at := view.VaultURL(inst, r.ID.Name()); at != "" {
			own["vaultUri"] = at
		}
		own["enableRbacAuthorization"] = true // nothing else decides who reads a secret
	case r.ID.IsType("Microsoft.Compute/virtualMachines"):
		own["vmId"] = r.UID.String()
	}
	return own
}

// neverOn are ways into a storage account that it does not have here, whatever anybody sends.
func neverOn() []string {
	return []string{"allowBlobPublicAccess", "allowSharedKeyAccess"}
}

const timeForm = "2006-01-02T15:04:05.0000000Z"

// readOnly are the names of what is computed, whoever sends it.
func readOnly(typ string) []string {
	names := []string{"provisioningState"}
	switch {
	case strings.EqualFold(typ, view.TypeStorageAccount):
		names = append(names, "creationTime", "primaryLocation", "primaryEndpoints", "statusOfPrimary", "supportsHttpsTrafficOnly")
		return append(names, neverOn()...)
	case strings.EqualFold(typ, view.TypeKeyVault):
		return append(names, "tenantId", "vaultUri", "enableRbacAuthorization")
	case strings.EqualFold(typ, "Microsoft.Compute/virtualMachines"):
		return append(names, "vmId", "instanceView")
	}
	return names
}

// readProperties gives the properties of a body as they are kept: as they were sent, less what is computed. Clients send
// a whole answer back.
func readProperties(body kit.Object, typ string) (raw view.Raw, given bool, err error) {
	in, given, err := body.Object("properties")
	if err != nil || !given {
		return nil, false, err
	}
	return join(in.Members(), readOnly(typ)), true, nil
}

// envelopeNames are the members beside ARM's common ones that are kept for the type's clients.
func envelopeNames() []string {
	return []string{"sku", "plan", "zones", "extendedLocation", "managedBy"}
}

// readEnvelope gives those members of a body.
func readEnvelope(body kit.Object) (view.Raw, error) {
	var found []strictjson.Member
	for _, called := range envelopeNames() {
		v, err := body.Get(called)
		if err != nil {
			return nil, err
		}
		if v.Kind() != strictjson.Invalid && v.Kind() != strictjson.Null {
			found = append(found, strictjson.Member{Name: called, Value: v})
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	return join(found, nil), nil
}

// join writes members as an object, without some of them.
func join(members []strictjson.Member, without []string) view.Raw {
	var b bytes.Buffer
	b.WriteByte('{')
	for _, m := range members {
		if slices.ContainsFunc(without, func(n string) bool { return strings.EqualFold(n, m.Name) }) {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		quoted, _ := json.Marshal(m.Name) // a string always has a JSON form
		b.Write(quoted)
		b.WriteByte(':')
		b.Write(m.Value.Raw())
	}
	b.WriteByte('}')
	return b.Bytes()
}

// presentProperties are the kept properties and the computed ones.
func presentProperties(v *view.View, r *view.Resource) map[string]any {
	all := map[string]any{}
	if len(r.Properties) > 0 {
		if o, err := strictjson.Parse(r.Properties, strictjson.Limits{}); err == nil { // it was checked when it was kept
			for called, value := range o.All() {
				all[called] = json.RawMessage(value.Raw())
			}
		}
	}
	maps.Copy(all, computed(v, r))
	return all
}

// mergePatch changes a kept object by a patch (RFC 7396): null takes away, objects are merged, all else replaces.
func mergePatch(kept, patch view.Raw) (view.Raw, error) {
	if len(kept) == 0 {
		kept = view.Raw("{}")
	}
	was, err := strictjson.ParseValue(kept, strictjson.Limits{})
	if err != nil {
		return nil, fault.New(fault.Internal, fault.Unforeseen, "").Because(err)
	}
	now, err := strictjson.ParseValue(patch, strictjson.Limits{})
	if err != nil {
		return nil, fault.New(fault.Internal, fault.Unforeseen, "").Because(err)
	}
	return merged(was, now), nil
}

func merged(was, now strictjson.Value) view.Raw {
	patch, ok := now.Object()
	if !ok {
		return now.Raw()
	}
	target, _ := was.Object() // what is no object is replaced by an empty one
	members := target.Members()
	for called, value := range patch.All() {
		at := slices.IndexFunc(members, func(m strictjson.Member) bool { return m.Name == called })
		if value.Kind() == strictjson.Null {
			if at >= 0 {
				members = slices.Delete(members, at, at+1)
			}
			continue
		}
		before := strictjson.Value{}
		if at >= 0 {
			before = members[at].Value
		}
		changed := strictjson.Member{Name: called, Value: reread(merged(before, value))}
		if at >= 0 {
			members[at] = changed
		} else {
			members = append(members, changed)
		}
	}
	return join(members, nil)
}

// reread gives JSON that was written here as a value; it is good.
func reread(raw view.Raw) strictjson.Value {
	v, _ := strictjson.ParseValue(raw, strictjson.Limits{})
	return v
}
