"""template.yaml as SAM's transform gives it to CloudFormation: what no stand-in for API Gateway can show."""
