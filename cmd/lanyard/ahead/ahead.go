package ahead

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lanyard-id/lanyard/cmd/lanyard/record"
	"github.com/lanyard-id/lanyard/internal/opwire"
	"github.com/lanyard-id/lanyard/internal/reason"
)

// Conditions is the part of a help text that says how conditions are asked.
const Conditions = "Conditions of Azure role assignments see the time and, for a data action, what RESOURCE tells of account, container\n" +
	"and blob. What else a request would have is said with --sub-operation and --attribute; what is not said is not there,\n" +
	"and a condition on it does not hold. AWS is asked as if over TLS, now, by a session without tags and session policies;\n" +
	"a condition on what only a request has, such as aws:SourceIp, does not hold."

// Flags describe the request that is asked about.
type Flags struct {
	data       bool
	sub        string
	attributes []string
}

// Add gives a verb the flags.
func (f *Flags) Add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.data, "data-action", false,
		"the Azure action is a data action, or with =false a management action (default: what the built-in roles say)")
	cmd.Flags().StringVar(&f.sub, "sub-operation", "", "the request's sub-operation, for conditions: Blob.List")
	cmd.Flags().StringArrayVar(&f.attributes, "attribute", nil,
		"what the request has, for conditions: KEY=VALUE, such as '@Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:prefix]=photos/'")
}

// byGroup stands before a group's id where a rule reaches a principal through one.
const byGroup = "through group "

// SpeaksOfGroups tells whether an answer names a group, by its id.
func SpeaksOfGroups(d reason.Decision) bool {
	return slices.ContainsFunc(slices.Concat(d.Decisive, d.Nearest), func(c reason.Clause) bool { return strings.Contains(c.Text, byGroup) })
}

// NameGroups gives the answer with names of groups instead of their ids.
func NameGroups(d reason.Decision, groups []record.Record) reason.Decision {
	d.Decisive, d.Nearest = slices.Clone(d.Decisive), slices.Clone(d.Nearest)
	for _, clauses := range [][]reason.Clause{d.Decisive, d.Nearest} {
		for i := range clauses {
			for _, g := range groups {
				clauses[i].Text = strings.Replace(clauses[i].Text, byGroup+g.Text("id"), byGroup+strconv.Quote(g.Text("name")), 1)
			}
		}
	}
	return d
}

// Request is the question with what the flags of cmd say.
func (f *Flags) Request(cmd *cobra.Command, principal, action, resource string) opwire.CanRequest {
	req := opwire.CanRequest{
		Principal: principal, Action: action, Resource: resource, SubOperation: f.sub, Attributes: f.attributes,
	}
	if cmd.Flags().Changed("data-action") {
		req.Data = &f.data
	}
	return req
}
