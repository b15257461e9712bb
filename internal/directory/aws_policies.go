package directory

import (
	"github.com/lanyard-id/lanyard/internal/directory/document"
	"github.com/lanyard-id/lanyard/internal/directory/form"
	"github.com/lanyard-id/lanyard/internal/iampolicy"
	"github.com/lanyard-id/lanyard/internal/name"
	"github.com/lanyard-id/lanyard/internal/view"
)

// Readable gives a document as people write it: unique ids of roles that exist stand as their ARNs again. The id of a
// role that is gone stays, which shows that nobody is meant any more.
func Readable(v *view.View, doc string, kind iampolicy.Kind) string {
	return document.Readable(v, doc, kind)
}

// IAMName checks account and path and gives the ARN. An empty path becomes "/".
func (e *Edit) IAMName(kind string, account name.AccountID, path *string, entity string) (name.ARN, error) {
	if _, ok := e.view.Account(account); !ok {
		return name.ARN{}, notFound(AccountNotFound, "there is no AWS account %s", account)
	}
	if *path == "" {
		*path = "/"
	}
	if err := because(InvalidName, form.Path(*path)); err != nil {
		return name.ARN{}, err
	}
	arn, err := name.NewARN("iam", "", account, kind+*path+entity)
	if err != nil {
		return name.ARN{}, invalid(InvalidName, "%v", err)
	}
	return arn, nil
}
