package demo

import (
	"github.com/assay-hq/assay/internal/catalogue"
	"github.com/assay-hq/assay/internal/term"
)

// seedTemplates are the templates that the first organization makes for itself beside those that came with the
// catalogue: candidates take these.
var seedTemplates = []seedTemplate{
	{
		role: "backend-developer",
		name: "Backend Developer: core assessment", cut: 60, feedback: term.FeedbackSections,
		instructions: "Answer in your own words. Where a question asks for an explanation, the reasons count for more than the right term. " +
			"You may look things up as you would at work; please do not have the answers written for you.",
		sections: []seedSection{
			{"Interfaces and data", "Short questions with one right answer or a set of them.", 20, []seedSlot{
				{"be-retry", 10}, {"be-methods", 10}, {"be-index", 10}, {"be-pool", 10},
			}},
			{"In depth", "Two problems from everyday work. A few sentences on each point are enough.", 40, []seedSlot{
				{"be-lost-update", 25}, {"be-slow-query", 25},
			}},
			{"Working with others", "", 15, []seedSlot{{"be-disagree", 10}}},
		},
	},
	{
		role: "infrastructure-engineer",
		name: "Infrastructure Engineer: operations assessment", cut: 58, feedback: term.FeedbackOutcome,
		instructions: "The first part asks for facts that you use daily. In the second part we want to see how you think: say what you would " +
			"do first, and why. Name tools if you like; none is expected.",
		sections: []seedSection{
			{"Foundations", "Facts and small calculations; a calculator is welcome.", 20, []seedSlot{
				{"in-container", 10}, {"in-subnet", 10}, {"in-probes", 10}, {"in-budget", 15},
			}},
			{"Operations in writing", "Two situations. Numbered steps are welcome.", 45, []seedSlot{
				{"in-latency", 30}, {"in-release", 25},
			}},
		},
	},
	{
		role: "product-security-engineer",
		name: "Product Security Engineer: assessment", cut: 62, feedback: term.FeedbackSections,
		instructions: "Think of a product with ten thousand business customers. We look for judgement: what is likely, what would hurt, and " +
			"what is worth doing about it.",
		sections: []seedSection{
			{"Recognizing flaws", "Short questions.", 20, []seedSlot{
				{"ps-injection", 10}, {"ps-object", 10}, {"ps-script", 10}, {"ps-code", 10},
			}},
			{"Judgement", "Two cases. State your assumptions.", 45, []seedSlot{
				{"ps-upload", 25}, {"ps-leak", 20},
			}},
			{"Working with others", "", 15, []seedSlot{{"ps-pushback", 15}}},
		},
	},
}

// seedSecondBackend is version 2 of the first template: a short text and a design problem take the place of two questions.
var seedSecondBackend = seedTemplate{
	role: "backend-developer",
	name: "Backend Developer: core assessment", cut: 60, feedback: term.FeedbackSections,
	instructions: "Answer in your own words. Where a question asks for an explanation, the reasons count for more than the right term. " +
		"You may look things up as you would at work; please do not have the answers written for you.",
	sections: []seedSection{
		{"Interfaces and data", "Short questions with one right answer or a set of them.", 20, []seedSlot{
			{"be-retry", 10}, {"be-consumer", 10}, {"be-list", 5}, {"be-pool", 10},
		}},
		{"In depth", "Two problems from everyday work. A few sentences on each point are enough.", 45, []seedSlot{
			{"be-lost-update", 25}, {"be-webhooks", 30},
		}},
		{"Working with others", "", 15, []seedSlot{{"be-disagree", 10}}},
	},
}

// seedNextInfrastructure is the open draft of the second template's next version.
var seedNextInfrastructure = seedTemplate{
	role: "infrastructure-engineer",
	name: "Infrastructure Engineer: operations assessment", cut: 60, feedback: term.FeedbackSections,
	instructions: "The first part asks for facts that you use daily. In the second part we want to see how you think: say what you would do " +
		"first, and why. Name tools if you like; none is expected.",
	sections: []seedSection{
		{"Foundations", "Facts and small calculations; a calculator is welcome.", 25, []seedSlot{
			{"in-container", 10}, {"in-subnet", 10}, {"in-probes", 10}, {"in-budget", 10}, {"in-cache-time", 5}, {"in-state", 10},
		}},
		{"Operations in writing", "Two situations. Numbered steps are welcome.", 45, []seedSlot{
			{"in-latency", 25}, {"in-release", 20},
		}},
		{"Learning from failure", "", 15, []seedSlot{{"in-review", 10}}},
	},
}

// seedOtherRole is the one job role of the second organization, which the shipped catalogue does not have.
func seedOtherRole() *catalogue.Role {
	return &catalogue.Role{
		Key: "technical-support-specialist", Title: "Technical Support Specialist", Status: term.Open, Level: term.Entry,
		Department: "Customer Care", Location: "Utrecht",
		Summary:                 "Answers customers' technical questions, finds out what really happened, and tells engineering in a way that gets it fixed.",
		Responsibilities:        []string{"Answer customers by mail and telephone", "Reproduce faults and describe them", "Keep the help pages true"},
		PreferredQualifications: []string{"Has worked with a ticket system", "Speaks a second language at work"},
		MustHaveSkills: []*catalogue.RoleSkill{
			{Skill: "collaboration", Weight: 60, Description: "Explains without jargon and without talking down."},
			{Skill: "networking", Weight: 40, Description: "Can tell a fault of the customer's network from one of ours."},
		},
	}
}

// seedOtherTemplate is its template.
var seedOtherTemplate = seedTemplate{
	role: "technical-support-specialist",
	name: "Support: first screening", cut: 50, feedback: term.FeedbackOutcome,
	instructions: "Three questions, about twenty minutes.",
	sections: []seedSection{
		{"Basics", "", 10, []seedSlot{{"be-methods", 10}, {"in-cache-time", 10}}},
		{"In writing", "", 20, []seedSlot{{"be-explain", 30}}},
	},
}
