using NUnit.Framework;

namespace RoomWs.Tests.Support;

/// <summary>The test looks into the server, or is about what each node has of its own: <c>./run.sh test --postgres --nodes N</c> leaves it out.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class OneNodeAttribute : CategoryAttribute;
