"""Who people are, where several processes have to agree: the topic `names`, and the file that each makes of it."""
