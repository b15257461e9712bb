// Package form is the rules for what the directory is asked to keep, as far as they follow from a value alone.
//
// It owns what names, tags, URIs and federated credentials may look like (Azure's "Naming rules and restrictions for
// Azure resources", the limits in the IAM and S3 references), the ARNs of AWS workloads and the making of AWS's unique
// ids. Its errors are sentences for people; the directory gives them their reason. It never knows what exists.
package form
