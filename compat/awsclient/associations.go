package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/eks/types"
)

// pods are those of a cluster, whose roles the play changes. The cluster and its roles are the story's.
type pods struct {
	account
	*eks.Client
	made *string // the association that the first step made
}

// associate plays with the pod identity associations of a cluster, as the operator.
func associate(ctx context.Context, cluster, id string) error {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRetryMaxAttempts(1))
	if err != nil {
		return err
	}
	p := &pods{account: account{cfg: cfg, id: id, group: cluster}, Client: eks.NewFromConfig(cfg)}
	return steps(ctx, []step{{"make", p.make}, {"find", p.find}, {"change", p.change}, {"away", p.away}})
}

// create gives a service account the first role; change says what else is asked.
func (p *pods) create(ctx context.Context, account string, change func(*eks.CreatePodIdentityAssociationInput)) (*types.PodIdentityAssociation, error) {
	in := eks.CreatePodIdentityAssociationInput{ClusterName: &p.group, Namespace: aws.String("web"), ServiceAccount: &account, RoleArn: p.role("first")}
	if change != nil {
		change(&in)
	}
	out, err := p.CreatePodIdentityAssociation(ctx, &in)
	if err != nil {
		return nil, err
	}
	return out.Association, nil
}

func (p *pods) make(ctx context.Context) error {
	made, err := p.create(ctx, "cart", func(in *eks.CreatePodIdentityAssociationInput) { in.Tags = map[string]string{"team": "web"} })
	if err != nil {
		return err
	}
	p.made = made.AssociationId
	_, again := p.create(ctx, "cart", nil)
	_, target := p.create(ctx, "other", func(in *eks.CreatePodIdentityAssociationInput) { in.TargetRoleArn = p.role("second") })
	_, role := p.create(ctx, "other", func(in *eks.CreatePodIdentityAssociationInput) { in.RoleArn = p.role("none") })
	_, cluster := p.create(ctx, "cart", func(in *eks.CreatePodIdentityAssociationInput) { in.ClusterName = aws.String(p.group + "-none") })
	return errors.Join(same(*made.RoleArn, *p.role("first")), same(made.Tags["team"], "web"), same(made.CreatedAt != nil, true),
		refusedAs[*types.ResourceInUseException]("ResourceInUseException", again),
		refusedAs[*types.InvalidRequestException]("InvalidRequestException", target),
		refusedAs[*types.InvalidParameterException]("InvalidParameterException", role),
		refusedAs[*types.ResourceNotFoundException]("ResourceNotFoundException", cluster))
}

func (p *pods) find(ctx context.Context) error {
	if _, err := p.create(ctx, "till", nil); err != nil {
		return err
	}
	var found []string
	for pages := eks.NewListPodIdentityAssociationsPaginator(p, &eks.ListPodIdentityAssociationsInput{ClusterName: &p.group, MaxResults: aws.Int32(1)}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, a := range page.Associations {
			found = append(found, *a.ServiceAccount)
		}
	}
	slices.Sort(found)
	got, err := p.DescribePodIdentityAssociation(ctx, &eks.DescribePodIdentityAssociationInput{ClusterName: &p.group, AssociationId: p.made})
	if err != nil {
		return err
	}
	return errors.Join(same(strings.Join(found, " "), "cart till"), same(*got.Association.RoleArn, *p.role("first")))
}

// as is EKS as a role of the story asks it.
func (p *pods) as(ctx context.Context, role string) (*eks.Client, error) {
	got, err := p.take(ctx, role, nil)
	if err != nil {
		return nil, err
	}
	return eks.NewFromConfig(p.account.as(got.Credentials).cfg), nil
}

func (p *pods) change(ctx context.Context) error {
	clerk, err := p.as(ctx, "clerk") // may do all with associations, and pass the first role alone
	agent, other := p.as(ctx, "agent")
	if err := errors.Join(err, other); err != nil {
		return err
	}
	give := func(by *eks.Client, role string, noTags *bool) (*eks.UpdatePodIdentityAssociationOutput, error) {
		return by.UpdatePodIdentityAssociation(ctx, &eks.UpdatePodIdentityAssociationInput{
			ClusterName: &p.group, AssociationId: p.made, RoleArn: p.role(role), DisableSessionTags: noTags,
		})
	}
	second, err := give(p.Client, "second", aws.Bool(true))
	first, back := give(clerk, "first", nil)
	if err := errors.Join(err, back); err != nil {
		return err
	}
	_, passed := give(clerk, "second", nil)
	_, removed := agent.DeletePodIdentityAssociation(ctx, &eks.DeletePodIdentityAssociationInput{ClusterName: &p.group, AssociationId: p.made})
	says := func(err error, words string) error {
		return errors.Join(refused("AccessDeniedException", err), same(strings.Contains(orNothing(err).Error(), "is not authorized to perform: "+words), true))
	}
	return errors.Join(same(*second.Association.RoleArn, *p.role("second")), same(*second.Association.DisableSessionTags, true),
		same(*first.Association.RoleArn, *p.role("first")), says(passed, "iam:PassRole on resource: "+*p.role("second")), says(removed, "eks:DeletePodIdentityAssociation"))
}

func (p *pods) away(ctx context.Context) error {
	gone, err := p.DeletePodIdentityAssociation(ctx, &eks.DeletePodIdentityAssociationInput{ClusterName: &p.group, AssociationId: p.made})
	if err != nil {
		return err
	}
	_, none := p.DescribePodIdentityAssociation(ctx, &eks.DescribePodIdentityAssociationInput{ClusterName: &p.group, AssociationId: p.made})
	return errors.Join(same(*gone.Association.AssociationId, *p.made), refusedAs[*types.ResourceNotFoundException]("ResourceNotFoundException", none))
}
