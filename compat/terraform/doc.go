// Package terraform tells the stories of Terraform: the stock binary with its built-in azurerm and s3 state backends, and the
// library by which HashiCorp's providers find a cloud and sign in there.
//
// It owns what is expected of them. No provider is downloaded: the configurations have none. It never looks into the server
// but through "lanyard explain" and "lanyard get".
package terraform
