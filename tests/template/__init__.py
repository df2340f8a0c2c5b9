"""template.yaml as SAM's transform hands it to CloudFormation: what no stand-in for API Gateway can show."""
