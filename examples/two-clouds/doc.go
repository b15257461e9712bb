// Command two-clouds is an Azure Functions app that lists a container of Azure Blob Storage and a bucket of Amazon S3
// with one managed identity and no secret.
//
// It is a custom handler: the Functions host starts it, tells it a port and forwards requests to it. The same program
// runs in Azure, on a laptop and under Lanyard, because everything it knows about where it is comes from its settings.
//
// It owns the two listings, the page that shows them and the proof that opened each. It holds no credential: azidentity
// gets the tokens, and the AWS SDK exchanges one of them for a session. It never picks another identity than the one it
// was given, and never hides a refusal.
package main
