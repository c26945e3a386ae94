"""What people commonly ask, as it is kept: masked questions, clusters of them, approved answers and their offers."""
