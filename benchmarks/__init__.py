"""What Almoner costs, each measure beside a floor taken in the same run."""
